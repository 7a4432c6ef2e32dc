import type {
  Alert,
  Container,
  Delta,
  Event,
  Image,
  Job,
  LogsFrame,
  Mark,
  MetricsFrame,
  Network,
  Ping,
  Pong,
  Resync,
  Snap,
  SnapEnd,
  Subbed,
  SystemItem,
  Topic,
  Volume,
  Welcome,
  WireError,
} from "./types.gen";

/** What a topic's snapshots and deltas are made of. */
export interface ItemOf {
  containers: Container;
  system: SystemItem;
  jobs: Job;
  images: Image;
  volumes: Volume;
  networks: Network;
  alerts: Alert;
  events: Event;
}

/** The topics that have a position, snapshots and deltas: all but the samples. */
export type SequencedTopic = keyof ItemOf;

/** A snapshot's page, narrowed by its topic. */
export type SnapMessage = {
  [T in SequencedTopic]: Omit<Snap, "topic" | "items"> & { topic: T; items: ItemOf[T][] };
}[SequencedTopic];

/** A delta, narrowed by its topic. */
export type DeltaMessage = {
  [T in SequencedTopic]: Omit<Delta, "topic" | "added"> & { topic: T; added?: ItemOf[T][] };
}[SequencedTopic];

/** Everything a server says, after it has been checked. */
export type ServerMessage =
  | Welcome
  | Subbed
  | SnapMessage
  | (SnapEnd & { topic: SequencedTopic })
  | DeltaMessage
  | (Mark & { topic: Topic })
  | MetricsFrame
  | LogsFrame
  | Resync
  | WireError
  | Ping
  | Pong;
