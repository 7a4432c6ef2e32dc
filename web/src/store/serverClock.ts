import type { Clock } from "../lib/clock";
import { SLOW_RTT_MS } from "../transport/link";

/** The server's clock as the page knows it: ours and an offset, by what comes from there. */
export class ServerClock {
  readonly #clock: Clock;
  #offset: number | null = null;
  /** The page has slept, or this machine's clock was set: the offset may be wrong. */
  #doubted = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Unix milliseconds; ours until the server has told. */
  now(): number {
    return this.#offset === null ? this.#clock.wall() : this.#clock.now() + this.#offset;
  }

  doubt(): void {
    this.#doubted = true;
  }

  /** What was made at that time has come now, half a round trip later: or less, where the round trip was held up. */
  told(at: number, roundTrip: number, now: number): void {
    this.#offset = at + Math.min(roundTrip, SLOW_RTT_MS) / 2 - now;
    this.#doubted = false;
  }

  /** An answer was made between the question and now. One that was held up says no more than that. */
  answered(at: number, roundTrip: number, now: number): void {
    const offset = this.#offset;
    const fits = offset !== null && offset >= at - now && offset <= at - now + roundTrip;
    if (roundTrip <= SLOW_RTT_MS || this.#doubted || !fits) this.told(at, roundTrip, now);
  }

  /**
   * A frame can't come before it was made: that sets right a clock of ours that
   * was set back. One set forward looks like a sleep, after which a frame that
   * comes is taken for a fresh one.
   */
  notBefore(at: number, roundTrip: number, now: number): void {
    if (this.#offset === null) return;
    if (this.#doubted || at - now > this.#offset) this.told(at, roundTrip, now);
  }
}
