/** A live metric re-sorts at most this often, so that a row can be read before it moves. */
export const RESORT_MS = 2500;

export interface ResortState {
  /** The sort key is a live metric. */
  live: boolean;
  /** Pointer, focus or an open menu is in the table. */
  held: boolean;
  lastMs: number;
}

/** Whether the order may change with the tick at nowMs. */
export function mayResort(s: ResortState, nowMs: number): boolean {
  return s.live && !s.held && nowMs - s.lastMs >= RESORT_MS;
}
