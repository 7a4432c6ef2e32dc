/** What the connection tells the store, and what it asks of it. */
import type { SequencedTopic, ServerMessage } from "../api/messages";
import type { Filter, Resume, Topic } from "../api/types.gen";
import type { LinkPhase, LinkReason, TransportName } from "./link";
import type { Polled } from "./poller";
import type { Quality } from "./quality";

/** The link as the page shows it. Instants are Unix milliseconds by this machine's clock. */
export interface ConnectionState {
  readonly phase: LinkPhase;
  readonly transport: TransportName;
  readonly since: number;
  /** When the next attempt is made; null when none is waited for (one may be under way). */
  readonly retryAt: number | null;
  /** Failed attempts since the link was last healthy. */
  readonly attempt: number;
  /** When the server last said anything; null when it never has. */
  readonly lastFrameAt: number | null;
  /** The last round trip in milliseconds. */
  readonly rtt: number | null;
  readonly reason: LinkReason | null;
  /** While it polls: the present interval in milliseconds. Null otherwise. */
  readonly pollEveryMs: number | null;
  /** Why it polls, a sentence without its full stop. Null while it does not. */
  readonly why: string | null;
  /** When the WebSocket is tried again while it polls; null when it is being tried, or never. */
  readonly nextProbeAt: number | null;
}

/** What a sink made of what it received. */
export interface Received {
  readonly resubscribe: readonly SequencedTopic[];
  readonly synced: boolean;
  readonly gaps: number;
  readonly resyncs: number;
}

/** Takes what the server says: the store. */
export interface Sink {
  /** The positions to resume from. */
  resume(): Resume | null;
  /** A new connection subscribes to these topics. */
  opened(topics: readonly Topic[]): void;
  /** A topic is subscribed to on the connection there is, or no more. */
  followed(topic: SequencedTopic, on: boolean): void;
  /** A metrics subscription was sent. */
  filtered(id: number, filter: Filter): void;
  /** What came in one frame, as one step. roundTrip is the latest known, in milliseconds. */
  receive(messages: readonly ServerMessage[], roundTrip: number): Received;
  /** A poll's answer, as one step. */
  polled(polled: Polled, roundTrip: number): Received;
  /** What this session may do, where no welcome tells. */
  role(role: string): void;
  /** The page has slept, or a clock was set. */
  woke(): void;
  /** The link's state or quality changed; lost: it was up and is no longer. */
  report(connection: ConnectionState, quality: Quality, lost: boolean): void;
}
