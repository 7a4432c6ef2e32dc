import type { SequencedTopic } from "../api/messages";
import type { Topic } from "../api/types.gen";
import type { Clock } from "../lib/clock";
import type { Timers } from "../lib/timers";

/** A topic that does not fit again and again is fetched at most this often. */
const RESUBSCRIBE_MS = 1_000;

/** Subscribes again to topics whose changes did not fit, on one connection. */
export class Resubscriber {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #send: (topic: SequencedTopic) => void;
  readonly #at = new Map<Topic, number>();
  readonly #waiting = new Map<Topic, () => void>();

  constructor(clock: Clock, timers: Timers, send: (topic: SequencedTopic) => void) {
    this.#clock = clock;
    this.#timers = timers;
    this.#send = send;
  }

  again(topics: readonly SequencedTopic[]): void {
    for (const topic of topics) {
      if (this.#waiting.has(topic)) continue;
      const wait = (this.#at.get(topic) ?? Number.NEGATIVE_INFINITY) + RESUBSCRIBE_MS - this.#clock.now();
      if (wait <= 0) this.#sendNow(topic);
      else
        this.#waiting.set(
          topic,
          this.#timers.after(wait, () => this.#sendNow(topic)),
        );
    }
  }

  /** The connection is another one, or none. */
  stop(): void {
    for (const stop of this.#waiting.values()) stop();
    this.#waiting.clear();
    this.#at.clear();
  }

  #sendNow(topic: SequencedTopic): void {
    this.#waiting.delete(topic);
    this.#at.set(topic, this.#clock.now());
    this.#send(topic);
  }
}
