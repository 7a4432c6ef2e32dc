/**
 * The desk where actions are asked for: one for a page's live data, without
 * React. It holds what is pending and which dialog is open, follows the store's
 * commits, and tells outcomes. What becomes of a container is the stream's word
 * alone: the desk never writes the store.
 */

import { ApiError } from "../../api/client";
import type { Action, ActionOptions, Container, Job, JobRequest, JobThing } from "../../api/types.gen";
import { browserTimers, type Timers } from "../../lib/timers";
import type { Live } from "../../store/live";
import { JobFollower } from "./jobFollower";
import { type BulkJob, isBulk, jobFailures, succeededKeys, thingsFailed } from "./model/jobView";
import { containersText, WORDS } from "./model/words";
import { type Redo, tellJob, tellRefused, tellSettled } from "./outcome";
import { OwnJobs } from "./ownJobs";
import { type Pending, PendingBook } from "./pendingBook";

/** What is asked before something is done: the dialog that is open. */
export type Question =
  | { readonly kind: "rename"; readonly key: string }
  | { readonly kind: "remove"; readonly keys: readonly string[]; readonly project: string | null };

/** What the desk needs of the live data. */
export type DeskLive = Pick<Live, "client" | "clientId"> & { store: Pick<Live["store"], "subscribe" | "view"> };

export class ActionDesk implements Redo {
  readonly book: PendingBook;
  readonly own: OwnJobs;
  readonly #live: DeskLive;
  readonly #jobs: JobFollower;
  readonly #listeners = new Set<() => void>();
  readonly #stop: () => void;
  #seenJobs: readonly Job[] | null = null;
  #seenContainers: unknown = null;
  #question: Question | null = null;
  #closings = 0;
  #panels = 0;

  constructor(live: DeskLive, timers: Timers = browserTimers, storage = sessionStorageOrNull()) {
    this.#live = live;
    this.book = new PendingBook(timers);
    this.own = new OwnJobs(storage);
    this.#jobs = new JobFollower(this.book, this.#container);
    this.#stop = live.store.subscribe(() => this.#commit());
    this.#commit();
  }

  /** Ends the desk's listening, for tests. */
  close(): void {
    this.#stop();
  }

  // Dialogs and closed outcomes, for useSyncExternalStore.

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  };

  readonly question = (): Question | null => this.#question;

  /** Counts what was put away, so that lists of outcomes are drawn anew. */
  readonly closings = (): number => this.#closings;

  ask(question: Question | null): void {
    this.#question = question;
    this.#tell();
  }

  /** Whether a job was asked for in this tab, before a reload or after. */
  isOwn(job: Job): boolean {
    return job.by.client === this.#live.clientId || this.own.has(job.id);
  }

  /** A panel of jobs is on the screen, until the returned function is called. */
  readonly showPanel = (): (() => void) => {
    this.#panels++;
    return () => {
      this.#panels--;
    };
  };

  closeJob(id: string): void {
    this.own.add(id);
    this.own.close(id);
    this.#closings++;
    this.#tell();
  }

  // Asking.

  act(key: string, action: Action, name?: string): void {
    this.one(key, action, name === undefined ? {} : { name });
  }

  bulk(keys: readonly string[], action: Action, options: ActionOptions = {}): void {
    void this.#job({ action, options, containers: [...keys] }, containersText(keys.length));
  }

  /** Of all engines, unless one is named. */
  project(project: string, action: Action, options: ActionOptions = {}, engine = ""): void {
    void this.#job({ action, options, project, ...(engine !== "" && { engine }) }, `project ${project}`);
  }

  /** Removes images, volumes, networks and containers; what says which: "3 images". */
  remove(things: readonly JobThing[], options: ActionOptions, what: string): void {
    void this.#job({ kind: "remove", action: "remove", options, things: [...things] }, what);
  }

  retryFailed(job: BulkJob): void {
    this.closeJob(job.id);
    const things = thingsFailed(job);
    if (things !== null) {
      const { networks: _, ...options } = job.options;
      this.remove(things, options, things.length === 1 ? "what failed" : `${things.length} that failed`);
      return;
    }
    this.bulk(
      jobFailures(job).map((f) => f.key),
      job.action,
      job.options,
    );
  }

  cancel(job: BulkJob): void {
    const title = `Could not cancel the job: ${WORDS[job.action].doing}`;
    this.#live.client.cancelJob(job.id).catch((err: unknown) => {
      tellRefused(title, `cancel ${job.id}`, err, () => this.cancel(job));
    });
  }

  /** One action on one container, straight to the engine. */
  one(key: string, action: Action, options: ActionOptions, idempotencyKey = newKey()): void {
    void this.#one(key, action, options, idempotencyKey);
  }

  async #one(key: string, action: Action, options: ActionOptions, idempotencyKey: string): Promise<void> {
    const before = this.#container(key);
    if (before === undefined) return;
    const pending: Pending = { action, stage: "asked", job: null, before, name: options.name };
    this.book.put([[key, pending]]);
    try {
      await this.#live.client.act(key, action, options, idempotencyKey);
      this.book.answered(key, pending);
    } catch (err) {
      this.book.end(key, pending);
      // Not known whether it was done: the same key makes a second try the same one.
      const again = err instanceof ApiError && err.status === 0 ? idempotencyKey : newKey();
      const title = `Could not ${WORDS[action].verb.toLowerCase()} ${before.name}`;
      tellRefused(title, `action ${key}`, err, () => this.one(key, action, options, again));
    }
  }

  async #job(request: JobRequest & { action: Action }, what: string, key = newKey()): Promise<void> {
    try {
      const job = await this.#live.client.createJob(request, key);
      this.own.add(job.id);
      this.#closings++;
      this.#tell();
      // It may have ended before we knew that it was ours.
      const now = this.#live.store.view().jobs.find((j) => j.id === job.id);
      if (now && isBulk(now) && now.state !== "running") this.#jobEnded(now);
    } catch (err) {
      const again = err instanceof ApiError && err.status === 0 ? key : newKey();
      const title = `Could not ${WORDS[request.action].verb.toLowerCase()} ${what}`;
      tellRefused(title, `job ${key}`, err, () => void this.#job(request, what, again));
    }
  }

  // Following.

  readonly #container = (key: string): Container | undefined => this.#live.store.view().containers.get(key)?.container;

  #commit(): void {
    const { jobs, containers } = this.#live.store.view();
    if (jobs !== this.#seenJobs) {
      this.#seenJobs = jobs;
      for (const job of this.#jobs.update(jobs.filter(isBulk))) this.#jobEnded(job);
    }
    if (containers !== this.#seenContainers && containers.loaded) {
      this.#seenContainers = containers;
      for (const s of this.book.settle(this.#container)) if (s.pending.job === null) tellSettled(s, this);
    }
  }

  #jobEnded(job: BulkJob): void {
    if (!this.isOwn(job) || this.own.told(job.id)) return;
    this.own.add(job.id);
    this.own.tell(job.id);
    tellJob(job, succeededKeys(job), this, this.#panels > 0);
  }

  #tell(): void {
    for (const fn of [...this.#listeners]) fn();
  }
}

function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

function sessionStorageOrNull(): Storage | null {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}

const desks = new WeakMap<Live, ActionDesk>();

/** The desk of a page's live data, made when it is first wanted. */
export function deskOf(live: Live): ActionDesk {
  let desk = desks.get(live);
  if (desk === undefined) {
    desk = new ActionDesk(live);
    desks.set(live, desk);
  }
  return desk;
}
