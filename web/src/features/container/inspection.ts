import { ApiError } from "../../api/client";
import type { Timers } from "../../lib/timers";
import type { Live } from "../../store/live";
import type { ContainerEntry } from "../../store/state";
import { type Document, healthOf } from "./model/document";

/** What is known of a container's inspect document. The same object until it changes. */
export interface Inspected {
  readonly doc: Document | null;
  /** When the document was asked for, Unix milliseconds of the server's clock. */
  readonly at: number | null;
  readonly loading: boolean;
  /** Why the last attempt failed; "" where it did not. The document before it stays. */
  readonly problem: string;
}

/** A container that flaps is not asked for more often. */
const LEAST_MS = 1_000;
/** The results of health checks are no change that the stream tells of. */
const HEALTH_MS = 15_000;

/**
 * Keeps a container's inspect document current while somebody looks: it is asked
 * for again whenever the container changes, one request at a time. start()
 * begins, the returned function ends.
 */
export class Inspection {
  readonly #live: Live;
  readonly #key: string;
  readonly #timers: Timers;
  readonly #hidden: () => boolean;
  readonly #listeners = new Set<() => void>();
  #state: Inspected = { doc: null, at: null, loading: true, problem: "" };
  #seen: ContainerEntry | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #busy = false;
  #due = false;
  #turn = 0;
  #stopTimer: () => void = () => {};

  constructor(live: Live, key: string, timers: Timers, hidden: () => boolean) {
    this.#live = live;
    this.#key = key;
    this.#timers = timers;
    this.#hidden = hidden;
  }

  readonly state = (): Inspected => this.#state;

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  };

  start(): () => void {
    const stop = this.#live.store.subscribe(() => this.#look());
    this.#seen = this.#entry();
    void this.#ask();
    return () => {
      stop();
      this.#stopTimer();
      this.#turn++;
      this.#busy = false;
    };
  }

  /** Asks now. */
  refresh(): void {
    void this.#ask();
  }

  #entry(): ContainerEntry | undefined {
    return this.#live.store.view().containers.get(this.#key);
  }

  #look(): void {
    const entry = this.#entry();
    if (entry === this.#seen) return;
    this.#seen = entry;
    // One that is gone can't be asked for: what was known of it last stays.
    if (entry) this.#soon();
  }

  /** Asks as soon as the last time was long enough ago. */
  #soon(): void {
    const wait = this.#askedAt + LEAST_MS - this.#live.clock.now();
    this.#later(Math.max(0, wait));
  }

  #later(ms: number): void {
    this.#stopTimer();
    this.#stopTimer = this.#timers.after(ms, () => void this.#ask());
  }

  async #ask(): Promise<void> {
    if (this.#busy) {
      this.#due = true;
      return;
    }
    this.#stopTimer();
    this.#busy = true;
    this.#due = false;
    const turn = this.#turn;
    this.#askedAt = this.#live.clock.now();
    const at = this.#live.store.serverNow();
    this.#set({ loading: true });
    try {
      const { inspect } = await this.#live.client.container(this.#key);
      if (turn !== this.#turn) return;
      this.#set({ doc: inspect, at, loading: false, problem: "" });
    } catch (err) {
      if (turn !== this.#turn) return;
      this.#set({ loading: false, problem: err instanceof ApiError ? err.message : "The answer could not be read." });
    }
    this.#busy = false;
    if (this.#due) this.#soon();
    else this.#checkHealthLater();
  }

  #checkHealthLater(): void {
    const { doc } = this.#state;
    if (!doc || !healthOf(doc) || this.#seen?.container.state !== "running") return;
    this.#stopTimer();
    this.#stopTimer = this.#timers.after(HEALTH_MS, () => {
      if (this.#hidden()) this.#checkHealthLater();
      else void this.#ask();
    });
  }

  #set(change: Partial<Inspected>): void {
    this.#state = { ...this.#state, ...change };
    for (const fn of [...this.#listeners]) fn();
  }
}
