import { dayText } from "../../../components/format/day";
import { formatClock } from "../../../components/format/time";
import type { Interval } from "./interval";
import type { Picture } from "./picture";

/** Of a window's width, how near the cursor is to a mark that it means. */
const NEAR = 0.012;

/** A time of a window; with its day where the window is longer than one. */
export function clockIn({ from, to }: Interval, at: number): string {
  return to - from > 86_400_000 ? `${dayText(at)} ${formatClock(at)}` : formatClock(at);
}

/** The time under the cursor, and what happened or is not known there; "" without a cursor. */
export function readoutText(p: Picture, at: number | null): string {
  if (at === null) return "";
  const clock = (t: number) => clockIn(p, t);
  const near = (p.to - p.from) * NEAR;
  const words = p.markers.filter((m) => Math.abs(m.at - at) <= near).map((m) => `${clock(m.at)} ${m.text}`);
  if (p.moment !== null && Math.abs(p.moment - at) <= near) words.unshift(`${clock(p.moment)} the moment`);
  const unknown = p.gaps.some((g) => g.from < at && at < g.to);
  return [clock(at), ...(unknown ? ["not known"] : []), ...words].join(" · ");
}
