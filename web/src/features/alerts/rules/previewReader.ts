import { ApiError } from "../../../api/client";
import type { AlertPreview, AlertRule } from "../../../api/types.gen";
import type { Timers } from "../../../lib/timers";

/** What a rule would have found. The same object until it changes. */
export interface Previewed {
  readonly preview: AlertPreview | null;
  /** Of how many days it is. */
  readonly days: number;
  readonly loading: boolean;
  readonly problem: string;
}

/** So long is waited for the next key before history is asked. */
export const PAUSE_MS = 400;

type Ask = (rule: AlertRule, days: number) => Promise<AlertPreview>;

/** Asks what a rule would have found whenever it has changed, one question at a time, the last one in the end. */
export class PreviewReader {
  readonly #ask: Ask;
  readonly #timers: Timers;
  readonly #listeners = new Set<() => void>();
  #state: Previewed = { preview: null, days: 7, loading: false, problem: "" };
  #stop = () => {};
  #wanted = "";
  #asking = false;

  constructor(ask: Ask, timers: Timers) {
    this.#ask = ask;
    this.#timers = timers;
  }

  readonly state = (): Previewed => this.#state;

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  };

  /** Asks for a rule a moment later; null, and a rule that was asked for already, asks nothing. */
  want(rule: AlertRule | null, days: number): void {
    const wanted = rule === null ? "" : JSON.stringify([rule, days]);
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.#stop();
    if (rule === null) {
      this.#put({ ...this.#state, preview: null, loading: false, problem: "" });
      return;
    }
    this.#put({ ...this.#state, loading: true });
    this.#stop = this.#timers.after(PAUSE_MS, () => void this.#read());
  }

  close(): void {
    this.#stop();
    this.#wanted = "";
  }

  async #read(): Promise<void> {
    if (this.#asking || this.#wanted === "") return;
    this.#asking = true;
    const wanted = this.#wanted;
    const [rule, days] = JSON.parse(wanted) as [AlertRule, number];
    let next: Previewed;
    try {
      next = { preview: await this.#ask(rule, days), days, loading: false, problem: "" };
    } catch (err) {
      const problem = err instanceof ApiError ? err.message : "It could not be looked up.";
      next = { preview: null, days, loading: false, problem };
    }
    this.#asking = false;
    if (this.#wanted === wanted) this.#put(next);
    else void this.#read();
  }

  #put(state: Previewed): void {
    this.#state = state;
    for (const fn of [...this.#listeners]) fn();
  }
}
