/**
 * What the page knows, as immutable values. Metrics are the exception: they
 * live in columns (columns.ts), because 10,000 rows a second are no place for
 * immutable objects.
 */
import type { Alert, Container, Event, Image, Job, Network, SystemItem, Volume } from "../api/types.gen";
import { Keyed } from "../lib/keyed";

/** A container as the page knows it. The same object until something in it changes. */
export interface ContainerEntry {
  /** ENGINE/ID */
  readonly key: string;
  readonly container: Container;
  /**
   * When its state or health last changed, or it was started anew, while we were watching, in monotonic
   * milliseconds of the live clock; 0 for never. Rows flash once for it.
   */
  readonly changedAt: number;
}

/** A line of the event feed: an event, or a place where some are missing. */
export type EventRow =
  | { readonly kind: "event"; readonly key: string; readonly event: Event }
  | {
      readonly kind: "gap";
      readonly key: string;
      /**
       * - connection: the link was down; `replayed` events were made up for
       * - lost: the server could not carry `lost` events to us, or no longer had them
       * - restart: the server started anew; what was before is not known
       */
      readonly reason: "connection" | "lost" | "restart";
      /** When the link went and came back, Unix milliseconds of the server's clock; null where there is no such time. */
      readonly since: number | null;
      readonly until: number | null;
      readonly replayed: number;
      /** How many events are missing; null when that can't be told. */
      readonly lost: number | null;
      /** Of a gap that the server's history tells of: why it is there. */
      readonly told?: string;
    };

/**
 * - idle: not subscribed on this connection
 * - awaiting: subscribed, no answer yet
 * - gapped: what came did not fit; everything is ignored until the new subscription's answer
 * - staging: a snapshot is on its way; the old view stays
 * - live: at `seq`
 */
export type TopicPhase = "idle" | "awaiting" | "gapped" | "staging" | "live";

export interface TopicState<T> {
  readonly phase: TopicPhase;
  /** The position reached within the epoch. */
  readonly seq: number;
  /** Where the subscription said we would be once caught up. */
  readonly target: number;
  /** The epoch whose content this is, null before the first snapshot. */
  readonly epoch: string | null;
  /** Whether the content is exactly that of position `seq` in the current epoch. */
  readonly whole: boolean;
  readonly staged: readonly T[];
  readonly stagedPages: number;
}

export interface KeyedTopic<T, E> extends TopicState<T> {
  readonly entries: Keyed<E>;
}

export interface EventsTopic extends TopicState<Event> {
  /** Oldest first, at most EVENT_ROWS. */
  readonly rows: readonly EventRow[];
  /** When the link was lost and nothing has been told about it yet (server's clock, Unix ms). */
  readonly cutAt: number | null;
  /** The row of the cut whose missed events are still coming, in one delta or several. */
  readonly replaying: string | null;
  /** Counts gap rows, for their keys. */
  readonly gapCount: number;
}

export interface LiveState {
  /** The server's life that positions and rows belong to; null before the first welcome. */
  readonly epoch: string | null;
  readonly role: string | null;
  readonly containers: KeyedTopic<Container, ContainerEntry>;
  readonly system: KeyedTopic<SystemItem, SystemItem>;
  readonly jobs: KeyedTopic<Job, Job>;
  readonly images: KeyedTopic<Image, Image>;
  readonly volumes: KeyedTopic<Volume, Volume>;
  readonly networks: KeyedTopic<Network, Network>;
  readonly alerts: KeyedTopic<Alert, Alert>;
  readonly events: EventsTopic;
  /** The last metrics frame's tick. */
  readonly metricsSeq: number;
}

/** How many lines of the event feed are kept. */
export const EVENT_ROWS = 2_000;

const blank = { phase: "idle", seq: 0, target: 0, epoch: null, whole: false, staged: [], stagedPages: 0 } as const;

export function initialState(): LiveState {
  return {
    epoch: null,
    role: null,
    containers: { ...blank, entries: Keyed.empty() },
    system: { ...blank, entries: Keyed.empty() },
    jobs: { ...blank, entries: Keyed.empty() },
    images: { ...blank, entries: Keyed.empty() },
    volumes: { ...blank, entries: Keyed.empty() },
    networks: { ...blank, entries: Keyed.empty() },
    alerts: { ...blank, entries: Keyed.empty() },
    events: { ...blank, rows: [], cutAt: null, replaying: null, gapCount: 0 },
    metricsSeq: 0,
  };
}
