/** The charts around a moment of the past: which window, what of it is known, and what to say of it. Pure. */
import type { Event, Series } from "../../../api/types.gen";
import { formatExact } from "../../../components/format/time";
import type { Interval } from "./interval";
import { RANGE_MS, type Range } from "./ranges";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** How wide a window may be: what is further back is kept in longer stretches. */
export const MOMENT_RANGES = ["5m", "15m", "1h", "6h", "24h", "7d", "30d"] as const satisfies readonly Range[];

/** The width that an address asks for, or one in which there is something to see at that age. */
export function momentRange(asked: string | null, ageMs: number): Range {
  const known = MOMENT_RANGES.find((r) => r === asked);
  if (known) return known;
  if (ageMs < HOUR) return "5m";
  if (ageMs < DAY) return "15m";
  return ageMs < 7 * DAY ? "1h" : "6h";
}

/** The window of a width around a moment. What is still to come is not in it: there is more of what was before. */
export function windowAround(at: number, range: Range, now: number): Interval {
  const to = Math.round(Math.min(at + RANGE_MS[range] / 2, now));
  return { from: to - RANGE_MS[range], to };
}

/** Besides the window, so that its lines begin and end outside of it. */
export function marginOf(range: Range): number {
  return Math.max(60_000, RANGE_MS[range] / 20);
}

/** How long a window that is not full yet waits until it is read again: as long as there is nothing to see of it. */
export function fillEvery(range: Range): number {
  return Math.max(5_000, RANGE_MS[range] / 1000);
}

/** What of a window's samples tells a pause from a gap. */
export function paceOf(stepSeconds: number, tickMs: number, restMs: number): { tickMs: number; restMs: number } {
  if (stepSeconds <= 1) return { tickMs, restMs };
  // Half as long again is what gaps.ts allows: two stretches are no gap yet.
  return { tickMs: stepSeconds * 1000, restMs: (stepSeconds * 4000) / 3 };
}

/** When a container did not run, as far as only its events tell: it is gone. */
export function idleOfEvents(events: readonly Event[]): Interval[] {
  const out: Interval[] = [];
  let ended: number | null = null;
  for (const { action, time } of events) {
    const at = Date.parse(time);
    if (action === "create") out.push({ from: Number.NEGATIVE_INFINITY, to: at });
    if (action === "create" || action === "die" || action === "destroy") ended ??= at;
    if (action !== "start" || ended === null) continue;
    out.push({ from: ended, to: at });
    ended = null;
  }
  if (ended !== null) out.push({ from: ended, to: Number.POSITIVE_INFINITY });
  return out;
}

/** What is to be said of the window; "" where the picture says it all. */
export function momentNote(series: Series, at: number, window: Interval, now: number): string {
  if (at > now + 1_000) return "This moment is still to come.";
  const inside = series.at.some(
    (t, i) => t >= window.from && t <= window.to && Object.values(series.cols).some((c) => (c[i] ?? null) !== null),
  );
  if (!inside && at < series.from) {
    return `No metrics of this moment are kept: those of this container begin at ${formatExact(series.from).slice(0, 19)}.`;
  }
  if (!inside) return "No metrics are known around this moment: the container did not run, or nobody measured it.";
  if (series.stepSeconds <= 1) return "";
  const step = series.stepSeconds < 60 ? `${series.stepSeconds} seconds` : minutes(series.stepSeconds / 60);
  return `Each point is the mean of ${step}: that is how it is kept from then.`;
}

function minutes(n: number): string {
  return n === 1 ? "a minute" : `${n} minutes`;
}
