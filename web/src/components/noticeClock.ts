/**
 * Takes toasts away when they were long enough there to be read. Errors stay.
 * Whoever points at them or has the focus in them holds all of them, and nothing
 * runs out while nobody can see the page.
 */
import type { Timers } from "../lib/timers";
import type { Notice } from "./notice";

/** Long enough for two lines; an action needs a moment more. */
export const TOAST_MS = 6_000;
export const TOAST_WITH_ACTION_MS = 10_000;

interface Running {
  /** Milliseconds it still has. */
  left: number;
  since: number;
  stop: () => void;
}

export class ToastClock {
  readonly #timers: Timers;
  readonly #now: () => number;
  readonly #close: (id: number) => void;
  readonly #toasts = new Map<number, Running>();
  readonly #holds = new Set<string>();

  constructor(timers: Timers, now: () => number, close: (id: number) => void) {
    this.#timers = timers;
    this.#now = now;
    this.#close = close;
  }

  /** Begins with toasts that are new and forgets those that are gone. */
  follow(notices: readonly Notice[]): void {
    const there = new Set<number>();
    for (const n of notices) {
      if (!n.toast || n.tone === "bad") continue;
      there.add(n.id);
      if (this.#toasts.has(n.id)) continue;
      const left = n.action ? TOAST_WITH_ACTION_MS : TOAST_MS;
      const toast: Running = { left, since: this.#now(), stop: () => {} };
      this.#toasts.set(n.id, toast);
      if (this.#holds.size === 0) this.#run(n.id, toast);
    }
    for (const [id, toast] of this.#toasts) {
      if (there.has(id)) continue;
      toast.stop();
      this.#toasts.delete(id);
    }
  }

  /** Stops all of them for a reason ("pointer", "focus", "hidden") until it is released. */
  hold(reason: string): void {
    const first = this.#holds.size === 0;
    this.#holds.add(reason);
    if (!first) return;
    for (const toast of this.#toasts.values()) {
      toast.stop();
      toast.left = Math.max(0, toast.left - (this.#now() - toast.since));
    }
  }

  release(reason: string): void {
    if (!this.#holds.delete(reason) || this.#holds.size > 0) return;
    for (const [id, toast] of this.#toasts) {
      // Who has just looked away gets a moment to look back.
      toast.left = Math.max(toast.left, 1_500);
      this.#run(id, toast);
    }
  }

  #run(id: number, toast: Running): void {
    toast.since = this.#now();
    toast.stop = this.#timers.after(toast.left, () => this.#close(id));
  }
}
