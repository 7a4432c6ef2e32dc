import { type Place, places } from "../../../components/grid/places";
import type { Column, Row } from "./kind";

export interface Layout<R extends Row> {
  readonly columns: readonly Column<R>[];
  readonly places: readonly Place[];
  readonly minWidth: number;
  /** The room of the box that selects, in pixels. */
  readonly lead: number;
  readonly narrow: boolean;
}

const NARROW = 560;
const PADDING = 4;
/** A touch screen scrolls without a bar that takes room; with one, there is that much less. */
const SCROLLBAR = 16;

/** As many columns as there is room for, by their rank, in the order of the screen. */
export function layoutOf<R extends Row>(all: readonly Column<R>[], width: number, multiEngine: boolean): Layout<R> {
  const narrow = width < NARROW;
  const lead = narrow ? 24 : 28;
  const offered = all.filter((c) => c.id !== "engine" || multiEngine);
  let room = width - SCROLLBAR - 2 * PADDING - lead;
  const taken = new Set<string>();
  for (const c of [...offered].sort((a, b) => a.rank - b.rank)) {
    if (c.rank > 0 && c.min > room) break;
    taken.add(c.id);
    room -= c.min;
  }
  const columns = offered.filter((c) => taken.has(c.id));
  const minWidth = columns.reduce((sum, c) => sum + c.min, 2 * PADDING + lead);
  return { columns, places: places(columns, width, PADDING, lead), minWidth, lead, narrow };
}
