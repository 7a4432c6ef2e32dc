import type { Scale } from "../../../components/container/scale";
import { dayText, startOfDay } from "../../../components/format/day";
import { quantityText } from "../../../components/format/quantity";
import { formatClock, formatHourMinute } from "../../../components/format/time";
import { type ChartId, quantityOf } from "./specs";

/** Charts of what has no fractions. */
const WHOLE: ReadonlySet<ChartId> = new Set(["pids", "mem", "swap", "net", "io"]);

/** Steps between the lines of the grid that make round numbers: powers of two where sizes are counted in them. */
export function stepsOf(id: ChartId, units: Scale["units"]): number[] {
  if ((id === "mem" || id === "swap") && units === "binary") return Array.from({ length: 54 }, (_, i) => 2 ** i);
  const least = WHOLE.has(id) ? 0 : -2;
  const out: number[] = [];
  for (let power = least; power < 15; power++) {
    for (const digit of power === 0 && least === 0 ? [1, 2, 5] : [1, 2, 2.5, 5]) out.push(digit * 10 ** power);
  }
  return out;
}

/** The top of a picture: a little over the highest value, and never so low that noise looks like load. */
export function topOf(id: ChartId, max: number, limit: number | null): number {
  const least = LEAST_TOP[id];
  const top = Math.max(least, Number.isNaN(max) ? 0 : max * 1.12);
  // A limit belongs into the picture once it is near; far away it would press the line to the ground.
  return limit !== null && max >= limit * NEAR_LIMIT ? Math.max(top, limit * 1.06) : top;
}

const NEAR_LIMIT = 0.25;
const LEAST_TOP: Record<ChartId, number> = {
  cpu: 2,
  mem: 1024 * 1024,
  swap: 1024 * 1024,
  net: 1000,
  io: 1000,
  pids: 4,
  throttled: 2,
  psi: 2,
};

/** A number at the grid: as short as it can be. */
export function tickText(id: ChartId, value: number, s: Scale): string {
  if (value === 0) return "0";
  const q = quantityOf(id, value, s);
  return quantityText({ value: String(Number(q.value)), unit: q.unit });
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Steps of the time axis, in milliseconds. */
export const TIME_STEPS = [
  SECOND,
  2 * SECOND,
  5 * SECOND,
  10 * SECOND,
  15 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  5 * DAY,
  10 * DAY,
];

/** A time at the axis; seconds only where the steps are of seconds, the day where they are of half a day or more. */
export function timeText(at: number, step: number): string {
  if (step >= 12 * HOUR && (step >= DAY || startOfDay(at) === at)) return dayText(at);
  return step < MINUTE ? formatClock(at) : formatHourMinute(at);
}
