import type { ColumnId } from "./model/order";
import { type Place, places } from "./model/places";

/** How a column is laid out. Widths are pixels; grow is its share of what is left. */
export interface ColumnSpec {
  id: ColumnId;
  label: string;
  /** What it means exactly, for the title of its head. */
  title: string;
  min: number;
  grow: number;
  /** Figures stand at the right and sort from the greatest. */
  numeric: boolean;
  /** The order in which columns are given room; 0 is always there. */
  rank: number;
}

/** In the order of the screen. */
export const COLUMNS: readonly ColumnSpec[] = [
  {
    id: "name",
    label: "Name",
    title: "Container name and Compose service",
    min: 140,
    grow: 3,
    numeric: false,
    rank: 0,
  },
  { id: "engine", label: "Engine", title: "The engine it runs in", min: 100, grow: 1, numeric: false, rank: 1 },
  { id: "project", label: "Project", title: "Compose project", min: 76, grow: 1.2, numeric: false, rank: 5 },
  { id: "image", label: "Image", title: "Image", min: 84, grow: 2.4, numeric: false, rank: 3 },
  {
    id: "state",
    label: "State",
    title: "What the engine says it is doing",
    min: 126,
    grow: 0.6,
    numeric: false,
    rank: 0,
  },
  { id: "health", label: "Health", title: "Verdict of its health check", min: 96, grow: 0.5, numeric: false, rank: 4 },
  {
    id: "uptime",
    label: "Uptime",
    title: "How long it has been up, or since when it is not",
    min: 84,
    grow: 0.5,
    numeric: true,
    rank: 2,
  },
  { id: "cpu", label: "CPU", title: "CPU in percent of one core", min: 60, grow: 0.3, numeric: true, rank: 0 },
  {
    id: "mem",
    label: "Memory",
    title: "Memory without reclaimable cache, and its share of the limit",
    min: 110,
    grow: 0.5,
    numeric: true,
    rank: 0,
  },
  {
    id: "rx",
    label: "Net in",
    title: "Received over the network, a second",
    min: 74,
    grow: 0.4,
    numeric: true,
    rank: 6,
  },
  { id: "tx", label: "Net out", title: "Sent over the network, a second", min: 74, grow: 0.4, numeric: true, rank: 6 },
  {
    id: "read",
    label: "Disk read",
    title: "Read from block devices, a second",
    min: 74,
    grow: 0.4,
    numeric: true,
    rank: 8,
  },
  {
    id: "write",
    label: "Disk write",
    title: "Written to block devices, a second",
    min: 76,
    grow: 0.4,
    numeric: true,
    rank: 8,
  },
  { id: "ports", label: "Ports", title: "Published ports", min: 92, grow: 1.2, numeric: false, rank: 7 },
];

/** The columns that may be left out. */
export const CHOSEN: readonly ColumnId[] = COLUMNS.filter((c) => c.rank > 0).map((c) => c.id);

/** Padding of a row at each side. */
const PADDING = 8;
const NARROW_PADDING = 4;
const ROW_PADDING = 2 * PADDING;
/** What a scrollbar that takes room may take of the width: the table must not scroll sideways for it. */
const SCROLLBAR = 15;
/** Below this the always-shown columns get tighter instead of being cut. */
const NARROW = 480;
const NARROW_MIN: Partial<Record<ColumnId, number>> = { name: 84, state: 110, cpu: 58, mem: 74 };

export interface Layout {
  columns: readonly ColumnSpec[];
  /** Where each of them stands. */
  places: readonly Place[];
  minWidth: number;
  narrow: boolean;
}

export interface LayoutOptions {
  width: number;
  grouped: boolean;
  engines: number;
  /** Which of CHOSEN are wanted. */
  wanted: ReadonlySet<ColumnId>;
  /** False shows every column that is wanted and lets the table scroll sideways. */
  fit: boolean;
}

/**
 * Which columns there is room for: the constant ones, then one rank after the
 * other while it fits. A rank is shown whole (in and out belong together).
 */
export function layout(o: LayoutOptions): Layout {
  const narrow = o.width < NARROW;
  const wanted = COLUMNS.filter((c) => {
    if (c.rank === 0) return true;
    if (c.id === "engine" && o.engines < 2) return false;
    if (c.id === "project" && o.grouped) return false;
    return o.wanted.has(c.id);
  });
  const min = (c: ColumnSpec) => (narrow ? (NARROW_MIN[c.id] ?? c.min) : c.min);
  let room = o.width - ROW_PADDING - SCROLLBAR;
  const shown = new Set<ColumnSpec>();
  const ranks = [...new Set(wanted.map((c) => c.rank))].sort((a, b) => a - b);
  for (const rank of ranks) {
    const columns = wanted.filter((c) => c.rank === rank);
    const need = columns.reduce((sum, c) => sum + min(c), 0);
    if (rank > 0 && o.fit && (need > room || narrow)) continue;
    for (const c of columns) shown.add(c);
    room -= need;
  }
  const columns = wanted.filter((c) => shown.has(c));
  const tracks = columns.map((c) => ({ min: min(c), grow: c.grow }));
  const sum = columns.reduce((total, c) => total + min(c), 0);
  return {
    columns,
    places: places(tracks, o.width, narrow ? NARROW_PADDING : PADDING),
    minWidth: narrow ? 0 : sum + ROW_PADDING,
    narrow,
  };
}
