import type { SequencedTopic } from "../api/messages";
import type { Resume } from "../api/types.gen";
import { ALWAYS, type OptionalTopic, SUB_IDS, subscription } from "./topics";

/** What following a topic needs of the connection. */
export interface FollowingParts {
  /** Whether there is a connection that carries the topics now. */
  readonly open: () => boolean;
  readonly send: (message: object) => void;
  readonly sink: { resume(): Resume | null; followed(topic: SequencedTopic, on: boolean): void };
  readonly lastEvents: number;
}

/** Which topics are followed: those that always are, and those that somebody needs now. */
export class FollowedTopics {
  readonly #o: FollowingParts;
  readonly #needed = new Map<OptionalTopic, number>();

  constructor(parts: FollowingParts) {
    this.#o = parts;
  }

  readonly list = (): readonly SequencedTopic[] => [...ALWAYS, ...this.#needed.keys()];

  /** Follows a topic until the function it returns is called: from now on and on every later connection. */
  readonly follow = (topic: OptionalTopic): (() => void) => {
    const before = this.#needed.get(topic) ?? 0;
    this.#needed.set(topic, before + 1);
    if (before === 0) this.#tell(topic, true);
    let needed = true;
    return () => {
      if (needed) this.#release(topic);
      needed = false;
    };
  };

  #release(topic: OptionalTopic): void {
    const left = (this.#needed.get(topic) ?? 0) - 1;
    if (left > 0) {
      this.#needed.set(topic, left);
      return;
    }
    this.#needed.delete(topic);
    this.#tell(topic, false);
  }

  /** A connection that isn't there gets it with the hello; polls ask for it each time. */
  #tell(topic: OptionalTopic, on: boolean): void {
    const { open, send, sink, lastEvents } = this.#o;
    const from = sink.resume()?.topics[topic];
    sink.followed(topic, on);
    if (!open()) return;
    const sub = subscription(topic, lastEvents);
    if (!on) send({ type: "unsub", id: SUB_IDS[topic] });
    else send(from === undefined ? sub : { ...sub, from });
  }
}
