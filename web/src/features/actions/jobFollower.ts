/**
 * Follows the topic "jobs": what each job does to containers goes into the book
 * of what is pending, whoever asked for it; jobs of this tab that end are told.
 */
import type { Container, Job } from "../../api/types.gen";
import { hadEffect } from "./model/settled";
import type { Pending, PendingBook } from "./pendingBook";

interface Followed {
  job: Job;
  /** The entries of this job's items, as they were put into the book. */
  readonly pending: Map<number, Pending>;
}

export class JobFollower {
  readonly #book: PendingBook;
  readonly #containerOf: (key: string) => Container | undefined;
  readonly #followed = new Map<string, Followed>();

  constructor(book: PendingBook, containerOf: (key: string) => Container | undefined) {
    this.#book = book;
    this.#containerOf = containerOf;
  }

  /** Takes the jobs as of a commit; returns those that have ended and were not known to have. */
  update(jobs: readonly Job[]): Job[] {
    const ended: Job[] = [];
    const present = new Set<string>();
    for (const job of jobs) {
      present.add(job.id);
      const before = this.#followed.get(job.id);
      if (before?.job === job) continue;
      if (job.state !== "running" && before?.job.state !== job.state) ended.push(job);
      this.#follow(job, before ?? { job, pending: new Map() }, before === undefined);
    }
    for (const [id, f] of this.#followed) {
      if (present.has(id)) continue;
      for (const i of f.pending.keys()) this.#drop(f, i);
      this.#followed.delete(id);
    }
    return ended;
  }

  #follow(job: Job, f: Followed, isNew: boolean): void {
    const was = f.job;
    f.job = job;
    this.#followed.set(job.id, f);
    if (job.state === "running" && isNew) this.#queue(job, f);
    const running = new Set(job.running);
    const failed = new Set(job.failures.slice(isNew ? 0 : was.failures.length).map((x) => x.item));
    const asked: [string, Pending][] = [];
    for (const i of running) {
      const entry = this.#entry(f, i, "asked");
      if (entry) asked.push(entry);
    }
    this.#book.put(asked);
    for (const i of failed) this.#drop(f, i);
    // What was begun or running and is neither now has been agreed to by the engine.
    const from = isNew ? job.next : was.next;
    const begun = [...was.running, ...range(from, job.next)];
    for (const i of begun) {
      if (!running.has(i) && !failed.has(i)) this.#agree(f, i);
    }
    if (job.state !== "running") for (const i of [...f.pending.keys()]) this.#drop(f, i);
  }

  #queue(job: Job, f: Followed): void {
    const entries: [string, Pending][] = [];
    for (let i = job.next; i < job.items.length; i++) {
      const entry = this.#entry(f, i, "queued");
      if (entry) entries.push(entry);
    }
    this.#book.put(entries);
  }

  /** A new entry for an item, unless it has one of that stage, its container is gone, or all was done meanwhile. */
  #entry(f: Followed, item: number, stage: Pending["stage"]): [string, Pending] | null {
    const key = f.job.items[item]?.key;
    const had = f.pending.get(item);
    const before = key === undefined ? undefined : this.#containerOf(key);
    if (key === undefined || before === undefined || had?.stage === stage) return null;
    const { action } = f.job;
    const pending: Pending = { action, stage, job: f.job.id, before, name: undefined };
    f.pending.set(item, pending);
    // A job tells how far it is a moment later than the engine tells what it has done.
    if (stage === "asked" && hadEffect(action, had?.before, before, f.job.startedAt)) {
      if (had) this.#book.end(key, had);
      return null;
    }
    return [key, pending];
  }

  #agree(f: Followed, item: number): void {
    const key = f.job.items[item]?.key;
    const pending = f.pending.get(item) ?? null;
    f.pending.delete(item);
    if (key === undefined || pending === null) return;
    // Begun and ended between two commits: its effect may be there already.
    if (pending.stage === "queued" && this.#containerOf(key) !== pending.before) this.#book.end(key, pending);
    else this.#book.answered(key, pending);
  }

  #drop(f: Followed, item: number): void {
    const key = f.job.items[item]?.key;
    const pending = f.pending.get(item);
    f.pending.delete(item);
    if (key !== undefined && pending) this.#book.end(key, pending);
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}
