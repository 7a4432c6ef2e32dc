import { type Place, places } from "../../components/grid/places";
import type { ColumnId } from "./model/order";

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
    min: 164,
    grow: 3,
    numeric: false,
    rank: 0,
  },
  { id: "engine", label: "Engine", title: "The engine it runs in", min: 100, grow: 1, numeric: false, rank: 1 },
  { id: "project", label: "Project", title: "Compose project", min: 76, grow: 1.2, numeric: false, rank: 5 },
  { id: "image", label: "Image", title: "Image", min: 81, grow: 2.4, numeric: false, rank: 3 },
  {
    id: "state",
    label: "State",
    title: "What the engine says it is doing",
    min: 120,
    grow: 0.6,
    numeric: false,
    rank: 0,
  },
  { id: "health", label: "Health", title: "Verdict of its health check", min: 102, grow: 0.5, numeric: false, rank: 4 },
  {
    id: "uptime",
    label: "Uptime",
    title: "How long it has been up, or since when it is not",
    min: 84,
    grow: 0.5,
    numeric: true,
    rank: 2,
  },
  { id: "cpu", label: "CPU", title: "CPU", min: 60, grow: 0.3, numeric: true, rank: 0 },
  {
    id: "cpuTrend",
    label: "2 min",
    title: "CPU in the last two minutes, from 0 to its own highest",
    min: 80,
    grow: 0,
    numeric: false,
    rank: 7,
  },
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
    id: "memTrend",
    label: "Mem 2 min",
    title: "Memory in the last two minutes, from 0 to its own highest",
    min: 96,
    grow: 0,
    numeric: false,
    rank: 10,
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
    rank: 9,
  },
  {
    id: "write",
    label: "Disk write",
    title: "Written to block devices, a second",
    min: 76,
    grow: 0.4,
    numeric: true,
    rank: 9,
  },
  {
    id: "pids",
    label: "Processes",
    title: "Processes and threads",
    min: 84,
    grow: 0.3,
    numeric: true,
    rank: 11,
  },
  {
    id: "restarts",
    label: "Restarts",
    title: "Restarts by its restart policy",
    min: 76,
    grow: 0.3,
    numeric: true,
    rank: 12,
  },
  { id: "ports", label: "Ports", title: "Published ports", min: 92, grow: 1.2, numeric: false, rank: 8 },
];

/** The columns that may be left out. */
export const CHOSEN: readonly ColumnId[] = COLUMNS.filter((c) => c.rank > 0).map((c) => c.id);

/** Those that are left out until somebody wants them. */
export const OFF_AT_FIRST: readonly ColumnId[] = ["memTrend", "pids", "restarts"];

/** Padding of a row at each side. */
const PADDING = 8;
const NARROW_PADDING = 4;
/** Room for the box that selects the row. */
export const LEAD = 24;
/** What a scrollbar that takes room may take of the width: the table must not scroll sideways for it. */
const SCROLLBAR = 15;
/** Below this the always-shown columns get tighter instead of being cut. */
const NARROW = 530;
const NARROW_MIN: Partial<Record<ColumnId, number>> = { name: 84, state: 110, cpu: 58, mem: 74 };
/** A column can be made no narrower by hand. */
export const LEAST_WIDTH = 48;

export interface Layout {
  columns: readonly ColumnSpec[];
  /** Where each of them stands. */
  places: readonly Place[];
  /** Room before the first column. */
  lead: number;
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
  /** The columns in the order of the screen; without it, their own. */
  order?: readonly ColumnId[];
  /** Widths given by hand, in pixels. */
  widths?: Readonly<Partial<Record<ColumnId, number>>>;
  /** Whether rows are being selected, which a narrow table has no room for otherwise. */
  selecting?: boolean;
}

/**
 * Which columns there is room for: the constant ones, then one rank after the
 * other while it fits. A rank is shown whole (in and out belong together).
 */
export function layout(o: LayoutOptions): Layout {
  const narrow = o.width < NARROW;
  const lead = narrow && !o.selecting ? 0 : LEAD;
  const wanted = inOrder(o.order).filter((c) => {
    // The box takes room on a telephone: rather from a figure than from the names.
    if (narrow && o.selecting && c.id === "mem") return false;
    if (c.rank === 0) return true;
    if (c.id === "engine" && o.engines < 2) return false;
    if (c.id === "project" && o.grouped) return false;
    return o.wanted.has(c.id);
  });
  const sized = (c: ColumnSpec) => (narrow ? undefined : o.widths?.[c.id]);
  const min = (c: ColumnSpec) => sized(c) ?? (narrow ? (NARROW_MIN[c.id] ?? c.min) : c.min);
  let room = o.width - 2 * PADDING - lead - SCROLLBAR;
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
  const tracks = columns.map((c) => ({ min: min(c), grow: sized(c) === undefined ? c.grow : 0 }));
  const sum = columns.reduce((total, c) => total + min(c), 0);
  return {
    columns,
    places: places(tracks, o.width, narrow ? NARROW_PADDING : PADDING, lead),
    lead,
    minWidth: narrow ? 0 : sum + 2 * PADDING + lead,
    narrow,
  };
}

/** The columns in somebody's order; what it does not name stands where it would by itself. */
export function inOrder(order: readonly ColumnId[] = []): readonly ColumnSpec[] {
  const named = order.flatMap((id) => COLUMNS.filter((c) => c.id === id));
  const list = [...named];
  COLUMNS.forEach((column, i) => {
    if (named.includes(column)) return;
    const before = COLUMNS[i - 1];
    list.splice(before ? list.indexOf(before) + 1 : 0, 0, column);
  });
  return list;
}

/** The order after a column was moved to where another one stands. The name stays first. */
export function moveColumn(order: readonly ColumnId[], id: ColumnId, to: ColumnId): readonly ColumnId[] {
  if (id === "name" || to === id) return order;
  const ids = inOrder(order).map((c) => c.id);
  const from = ids.indexOf(id);
  const at = Math.max(1, ids.indexOf(to));
  ids.splice(from, 1);
  ids.splice(at, 0, id);
  return ids;
}
