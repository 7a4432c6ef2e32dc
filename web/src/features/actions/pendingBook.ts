/**
 * What is under way, by container: asked for here, or part of anybody's job. An
 * entry lives until the engine's own word shows the effect; an answer alone ends
 * it only after a grace (what was done already changes nothing). No goroutine of
 * its own: whoever owns it tells it of commits.
 */
import type { Action, Container } from "../../api/types.gen";
import type { Timers } from "../../lib/timers";
import { settled } from "./model/settled";

export interface Pending {
  readonly action: Action;
  /** queued: a job will come to it. asked: the engine has been asked. answered: it agreed, the effect is not seen yet. */
  readonly stage: "queued" | "asked" | "answered";
  /** Null for what was asked for here, by itself. */
  readonly job: string | null;
  readonly before: Container;
  /** The new name of a rename. */
  readonly name: string | undefined;
}

/** An action that had its effect. */
export interface Settled {
  readonly key: string;
  readonly pending: Pending;
  readonly now: Container | undefined;
}

/** How long after its answer an action may stay without a visible effect. */
export const GRACE_MS = 5_000;

export class PendingBook {
  readonly #timers: Timers;
  readonly #entries = new Map<string, Pending>();
  readonly #listeners = new Set<() => void>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  };

  /** The same object until it changes. */
  readonly get = (key: string): Pending | undefined => this.#entries.get(key);

  get size(): number {
    return this.#entries.size;
  }

  /** Adds or replaces entries and tells once. */
  put(entries: readonly (readonly [string, Pending])[]): void {
    if (entries.length === 0) return;
    for (const [key, pending] of entries) this.#entries.set(key, pending);
    this.#tell();
  }

  /** The engine agreed. The entry is then only waiting for the event. */
  answered(key: string, pending: Pending): void {
    if (this.#entries.get(key) !== pending) return;
    const next: Pending = { ...pending, stage: "answered" };
    this.#entries.set(key, next);
    this.#timers.after(GRACE_MS, () => this.end(key, next));
    this.#tell();
  }

  /** Takes an entry out, unless another one has taken its place. */
  end(key: string, pending: Pending): void {
    if (this.#entries.get(key) !== pending) return;
    this.#entries.delete(key);
    this.#tell();
  }

  /** Takes out what has had its effect, and says what that was. */
  settle(containerOf: (key: string) => Container | undefined): Settled[] {
    const done: Settled[] = [];
    for (const [key, pending] of this.#entries) {
      if (pending.stage === "queued") continue;
      const now = containerOf(key);
      if (now !== pending.before && settled(pending.action, pending.before, now)) done.push({ key, pending, now });
    }
    for (const { key } of done) this.#entries.delete(key);
    if (done.length > 0) this.#tell();
    return done;
  }

  #tell(): void {
    for (const fn of [...this.#listeners]) fn();
  }
}
