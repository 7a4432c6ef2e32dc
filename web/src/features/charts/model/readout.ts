import { formatClock } from "../../../components/format/time";
import type { Picture } from "./picture";

/** Of a window's width, how near the cursor is to a mark that it means. */
const NEAR = 0.012;

/** The time under the cursor, and what happened or is not known there; "" without a cursor. */
export function readoutText(p: Picture, at: number | null): string {
  if (at === null) return "";
  const near = (p.to - p.from) * NEAR;
  const words = p.markers.filter((m) => Math.abs(m.at - at) <= near).map((m) => `${formatClock(m.at)} ${m.text}`);
  if (p.moment !== null && Math.abs(p.moment - at) <= near) words.unshift(`${formatClock(p.moment)} the moment`);
  const unknown = p.gaps.some((g) => g.from < at && at < g.to);
  return [formatClock(at), ...(unknown ? ["not known"] : []), ...words].join(" · ");
}
