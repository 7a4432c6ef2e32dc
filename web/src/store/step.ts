import type { SequencedTopic } from "../api/messages";
import type { MetricsFrame } from "../api/types.gen";

/** Something for the columns, in order. */
export type MetricsStep =
  | { readonly type: "frame"; readonly frame: MetricsFrame }
  /** The metrics subscription with this id was answered. */
  | { readonly type: "answered"; readonly id: number; readonly accepted: boolean }
  | { readonly type: "release"; readonly row: number }
  | { readonly type: "reset" };

/** The time of a step: monotonic milliseconds, and the server's clock in Unix milliseconds. */
export interface Now {
  readonly now: number;
  readonly wall: number;
}

/** What a step hands to the parts below and collects from them. */
export interface Context extends Now {
  readonly metrics: MetricsStep[];
  readonly resubscribe: Set<SequencedTopic>;
  gaps: number;
  resyncs: number;
}
