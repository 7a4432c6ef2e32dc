import { formatAgo } from "../../../components/format/duration";
import { formatClock } from "../../../components/format/time";

export type TimeMode = "off" | "time" | "full" | "relative";

/** How many characters the texts of a mode take at most: the column's width. */
export const TIME_WIDTH: Record<TimeMode, number> = { off: 0, time: 12, full: 23, relative: 10 };

/** A line's time; `at` in Unix microseconds, `now` the server's time in milliseconds. */
export function timeText(at: number, mode: TimeMode, now: number): string {
  if (mode === "off" || at === 0) return "";
  const ms = at / 1000;
  if (mode === "relative") return formatAgo(Math.max(0, now - ms));
  const date = new Date(ms);
  const clock = `${formatClock(ms)}.${pad(date.getMilliseconds(), 3)}`;
  if (mode === "time") return clock;
  return `${date.getFullYear()}-${pad(date.getMonth() + 1, 2)}-${pad(date.getDate(), 2)} ${clock}`;
}

/** RFC 3339 with microseconds, as `docker logs --timestamps` has it: for what is copied and kept. */
export function exactTime(at: number): string {
  const iso = new Date(Math.floor(at / 1000)).toISOString();
  return `${iso.slice(0, -1)}${pad(Math.floor(at % 1000), 3)}Z`;
}

function pad(n: number, width: number): string {
  return n.toString().padStart(width, "0");
}
