import type { ColumnName } from "../../../api/columns.gen";
import type { Container } from "../../../api/types.gen";
import { healthRank, isAlive, stateRank } from "../../../components/container/stateView";
import { uptimeRank } from "../../../components/container/uptime";
import type { MetricsReader } from "../../../store/liveStore";
import type { ContainerEntry } from "../../../store/state";

/** The columns of the table. Those of LIVE are metrics, which change with every tick. */
export type ColumnId =
  | "name"
  | "engine"
  | "project"
  | "image"
  | "state"
  | "health"
  | "uptime"
  | "cpu"
  | "mem"
  | "rx"
  | "tx"
  | "read"
  | "write"
  | "pids"
  | "restarts"
  | "cpuTrend"
  | "memTrend"
  | "ports";

export interface Sort {
  id: ColumnId;
  desc: boolean;
}

const LIVE: Partial<Record<ColumnId, ColumnName>> = {
  cpu: "cpu",
  mem: "mem",
  rx: "rxRate",
  tx: "txRate",
  read: "readRate",
  write: "writeRate",
  pids: "pids",
  cpuTrend: "cpu",
  memTrend: "mem",
};

/** The metric behind a column, or undefined for one that only changes with the container. */
export function liveMetric(id: ColumnId): ColumnName | undefined {
  return LIVE[id];
}

type Compare = (a: Container, b: Container) => number;

// Names compare by plain code units after their numbers have been padded, so
// that web-2 stands before web-10: ten times cheaper than Intl.Collator, which
// is what counts at 10,000 rows and many changes a second.
const nameKeys = new WeakMap<Container, string>();

function nameKey(c: Container): string {
  let key = nameKeys.get(c);
  if (key === undefined) {
    key = `${naturalKey(c.name)}\n${c.id}\n${c.engine}`;
    nameKeys.set(c, key);
  }
  return key;
}

export function naturalKey(text: string): string {
  return text.toLowerCase().replace(/\d{1,12}/g, (digits) => digits.padStart(12, "0"));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export const byName: Compare = (a, b) => compareText(nameKey(a), nameKey(b));

/** Empty and unknown values come last in either direction. */
function byText(read: (c: Container) => string, desc: boolean): Compare {
  return (a, b) => {
    const x = read(a);
    const y = read(b);
    if (x === y) return byName(a, b);
    if (x === "") return 1;
    if (y === "") return -1;
    return desc ? compareText(y, x) : compareText(x, y);
  };
}

function byNumber(read: (c: Container) => number, desc: boolean): Compare {
  return (a, b) => {
    const x = read(a);
    const y = read(b);
    if (x === y) return byName(a, b);
    if (Number.isNaN(x)) return Number.isNaN(y) ? byName(a, b) : 1;
    if (Number.isNaN(y)) return -1;
    return desc ? y - x : x - y;
  };
}

function firstPort(c: Container): number {
  let first = Number.NaN;
  for (const p of c.ports) {
    if (p.public > 0 && !(p.public >= first)) first = p.public;
  }
  return first;
}

/** The comparison for a column that only changes with the container. */
export function comparison(sort: Sort): Compare {
  switch (sort.id) {
    case "engine":
      return byText((c) => c.engine, sort.desc);
    case "project":
      return byText((c) => c.project.toLowerCase(), sort.desc);
    case "image":
      return byText((c) => c.image, sort.desc);
    case "state":
      return byNumber(stateRank, sort.desc);
    case "health":
      return byNumber(healthRank, sort.desc);
    case "uptime": {
      // The living first in either direction: their number means another thing.
      const within = byNumber(uptimeRank, sort.desc);
      return (a, b) => Number(isAlive(b)) - Number(isAlive(a)) || within(a, b);
    }
    case "restarts":
      return byNumber((c) => c.restartCount, sort.desc);
    case "ports":
      return byNumber(firstPort, sort.desc);
    default:
      return sort.desc ? (a, b) => byName(b, a) : byName;
  }
}

const INDEX_RANGE = 2 ** 20;
const GREATEST_RANK = 0x7fffffff;
const UNKNOWN_RANK = 0xffffffff;

/**
 * Sorts by a metric: each value as the bits of a float, which order as the
 * value does, packed with the position into one number, so that the native
 * typed sort does the work (1 ms for 10,000). Equal values keep the order they
 * came in; unknown ones come last. Holds up to 2^20 containers. scale is what a
 * container's value is multiplied by before, where what is shown is a share.
 */
export function sortByMetric(
  list: readonly ContainerEntry[],
  column: ColumnName,
  metrics: MetricsReader,
  desc: boolean,
  scale?: (c: Container) => number,
): ContainerEntry[] {
  const cells = metrics.column(column);
  const keys = new Float64Array(list.length);
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  list.forEach((entry, i) => {
    const cell = cells[metrics.slotOf(entry.container.row)] ?? Number.NaN;
    const value = scale ? cell * scale(entry.container) : cell;
    let rank = UNKNOWN_RANK;
    if (!Number.isNaN(value)) {
      float[0] = Math.max(0, value);
      rank = bits[0] ?? 0;
      if (desc) rank = GREATEST_RANK - rank;
    }
    keys[i] = rank * INDEX_RANGE + i;
  });
  keys.sort();
  const sorted: ContainerEntry[] = [];
  for (const key of keys) {
    const entry = list[key % INDEX_RANGE];
    if (entry) sorted.push(entry);
  }
  return sorted;
}
