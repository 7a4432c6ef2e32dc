import type { ColumnName } from "../api/columns.gen";
import type { Filter } from "../api/types.gen";
import type { Frames, Timers } from "../lib/timers";

/** What one part of the page looks at. */
export interface Watch {
  readonly rows: readonly number[];
  readonly columns: readonly ColumnName[];
  /** All other rows at this interval in milliseconds; 0 leaves them out. */
  readonly restEveryMs: number;
}

/** When somebody can see what is looked at. */
export type Visibility = Pick<Frames, "hidden" | "onHide" | "onShow">;

const DEBOUNCE_MS = 100;
/** A page hidden that long is not being looked at; a glance at another tab is shorter. */
export const HIDDEN_MS = 15_000;
/** Beyond so many rows a list costs more than it saves: all of them, then. */
const MAX_ROWS = 2_000;

/**
 * Adds up what the parts of the page look at and tells the connection, a moment
 * after the last change: scrolling must not send a subscription a frame. While
 * the page is hidden it looks at no rows, and all of them come at the slow pace.
 */
export class WatchList {
  readonly #tell: (filter: Filter | null) => void;
  readonly #timers: Timers;
  readonly #watches = new Map<string, Watch>();
  #told = "null";
  #stop: (() => void) | null = null;
  #hidden = false;
  #stopHiding: () => void = () => {};

  constructor(timers: Timers, visibility: Visibility, tell: (filter: Filter | null) => void) {
    this.#timers = timers;
    this.#tell = tell;
    visibility.onHide(() => this.#hide());
    visibility.onShow(() => this.#show());
    if (visibility.hidden()) this.#hide();
  }

  readonly set = (id: string, watch: Watch): void => {
    this.#watches.set(id, watch);
    this.#schedule();
  };

  readonly delete = (id: string): void => {
    this.#watches.delete(id);
    this.#schedule();
  };

  #schedule(): void {
    // The first change since the last telling decides when: a steady scroll is told too.
    this.#stop ??= this.#timers.after(DEBOUNCE_MS, () => {
      this.#stop = null;
      this.#tellNow();
    });
  }

  #hide(): void {
    this.#stopHiding();
    this.#stopHiding = this.#timers.after(HIDDEN_MS, () => {
      this.#hidden = true;
      this.#tellNow();
    });
  }

  #show(): void {
    this.#stopHiding();
    if (!this.#hidden) return;
    this.#hidden = false;
    this.#tellNow();
  }

  #tellNow(): void {
    const watches = [...this.#watches.values()];
    const filter = filterOf(this.#hidden ? watches.map(unseen).filter((w) => w.restEveryMs > 0) : watches);
    const text = JSON.stringify(filter);
    if (text === this.#told) return;
    this.#told = text;
    this.#tell(filter);
  }
}

function unseen(watch: Watch): Watch {
  return { ...watch, rows: [] };
}

/** filterOf is the union of what is looked at; null for nothing. */
export function filterOf(watches: readonly Watch[]): Filter | null {
  if (watches.length === 0) return null;
  const rows = new Set(watches.flatMap((w) => w.rows));
  const cols = [...new Set(watches.flatMap((w) => w.columns))].sort();
  const rests = watches.map((w) => w.restEveryMs).filter((ms) => ms > 0);
  const filter: Filter = { cols };
  if (rows.size > MAX_ROWS) filter.all = true;
  else {
    filter.rows = [...rows].sort((a, b) => a - b);
    filter.paced = true;
  }
  if (rests.length > 0) filter.restEveryMs = Math.min(...rests);
  return filter;
}
