/** The lines of the page from the events that are known: days, folds, gaps. Pure. */

import type { Event } from "../../../api/types.gen";
import { dayText, startOfDay } from "../../../components/format/day";
import { formatDuration } from "../../../components/format/duration";
import { formatClock, parseTime } from "../../../components/format/time";
import type { Known } from "../../../store/past/identity";
import { isGap } from "../../../store/past/matching";
import { type FoldRow, fold } from "../fold";

export interface GapRow {
  readonly kind: "gap";
  readonly key: string;
  readonly event: Event;
  readonly at: number;
  readonly title: string;
  readonly detail: string;
}

export type PageRow =
  | { readonly kind: "day"; readonly key: string; readonly at: number }
  | Known
  | { readonly kind: "nested"; readonly key: string; readonly event: Event; readonly at: number }
  | FoldRow<Known>
  | GapRow
  | { readonly kind: "end"; readonly key: "end" };

/** rowsOf draws events, newest first; folds that are in `opened` show what they are made of. */
export function rowsOf(events: readonly Known[], opened: ReadonlySet<string>): PageRow[] {
  const out: PageRow[] = [];
  let day = { from: Number.POSITIVE_INFINITY, to: 0 };
  const outages = outagesOf(events);
  for (const row of fold(withGaps(events, outages))) {
    const at = (row.kind === "fold" ? (row.rows[0]?.at ?? 0) : row.at) / 1000;
    if (at < day.from || at >= day.to) {
      const from = startOfDay(at);
      // A day is 23 hours long, or 25, twice a year.
      day = { from, to: startOfDay(from + 30 * 3_600_000) };
      // The first one stands in the head.
      if (out.length > 0) out.push({ kind: "day", key: `day ${from}`, at: from });
    }
    out.push(row);
    if (row.kind !== "fold" || !opened.has(row.key)) continue;
    for (const r of row.rows) out.push({ kind: "nested", key: `in ${r.key}`, event: r.event, at: r.at });
  }
  out.push({ kind: "end", key: "end" });
  return out;
}

/** When a line was, Unix milliseconds. */
export function msOf(row: Exclude<PageRow, { kind: "end" }>): number {
  if (row.kind === "day") return row.at;
  return (row.kind === "fold" ? (row.rows[0]?.at ?? 0) : row.at) / 1000;
}

function withGaps(events: readonly Known[], outages: ReadonlyMap<Known, Event>): (Known | GapRow)[] {
  return events.map((k) => (isGap(k.event) ? (gapRow(k, outages.get(k)) ?? k) : k));
}

/** For each event that an engine was back, the one that it was lost. */
function outagesOf(events: readonly Known[]): ReadonlyMap<Known, Event> {
  const found = new Map<Known, Event>();
  const back = new Map<string, Known>();
  for (const k of events) {
    const { kind, action, engine } = k.event;
    if (kind !== "engine") continue;
    const open = back.get(engine);
    if (action === "connected") back.set(engine, k);
    else if (action === "unreachable" && open) {
      found.set(open, k.event);
      back.delete(engine);
    }
  }
  return found;
}

/** A gap in words; null for what is told as an event. */
function gapRow({ key, event, at }: Known, lost: Event | undefined): GapRow | null {
  const said = gapWords(event, lost);
  return said && { kind: "gap", key, event, at, ...said };
}

function gapWords(e: Event, lost: Event | undefined): { title: string; detail: string } | null {
  const from = parseTime(e.attributes["from"]);
  const until = parseTime(e.attributes["until"]);
  const said = e.attributes["reason"] ?? "";
  const reason = said.slice(0, 1).toUpperCase() + said.slice(1);
  switch (`${e.kind} ${e.action}`) {
    case "engine unreachable":
      return { title: `${e.name || "Docker"} became unreachable`, detail: e.detail || reason };
    case "engine connected": {
      const title = `${e.name || "Docker"} answers again`;
      if (lost === undefined) return { title, detail: "" };
      const span = spanWords(parseTime(lost.time), parseTime(e.time));
      return { title, detail: `it was unreachable ${span}` };
    }
    case "engine gap":
      return { title: reason || "Nobody listened", detail: `${spanWords(from, until)}: events may be missing` };
    case "history lost":
      return { title: "Events are missing", detail: joined(spanWords(from, until), reason) };
    case "history resumed":
      return { title: "History was paused", detail: joined(spanWords(from, until), reason) };
    case "history set-aside":
      return { title: "History begun anew", detail: reason };
    default:
      return null;
  }
}

function spanWords(from: number, until: number): string {
  if (Number.isNaN(from) || Number.isNaN(until)) return "";
  const otherDay = startOfDay(from) !== startOfDay(until);
  const begin = otherDay ? `${dayText(from)} ${formatClock(from)}` : formatClock(from);
  return `${begin} to ${formatClock(until)} (${formatDuration(until - from)})`;
}

function joined(...parts: readonly string[]): string {
  return parts.filter((p) => p !== "").join(": ");
}
