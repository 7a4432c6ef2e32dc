/** What a log screen is made of, and what it tells of itself. */
import type { Frames, Timers } from "../../../lib/timers";
import type { LogSession } from "../model/logSession";
import type { TimeMode } from "../model/timeText";

export interface ScreenOptions {
  readonly session: LogSession;
  readonly frames: Frames;
  readonly timers: Timers;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** The server's time, Unix milliseconds. */
  readonly serverNow: () => number;
}

export interface LookOptions {
  readonly time: TimeMode;
  readonly wrap: boolean;
  readonly pretty: boolean;
}

/** What is around the lines. The same object until something in it changes. */
export interface ScreenState {
  readonly following: boolean;
  /** Lines that came since the end is not followed. */
  readonly newLines: number;
  /** Rows shown and lines kept. */
  readonly shown: number;
  readonly kept: number;
  readonly matches: number;
  /** Which match is the current one, from 1; 0 for none. */
  readonly ordinal: number;
  readonly searching: boolean;
  readonly error: string | null;
  readonly onlyMatches: boolean;
  /** How many rows are selected. */
  readonly selected: number;
  readonly hidden: ReadonlySet<number>;
}
