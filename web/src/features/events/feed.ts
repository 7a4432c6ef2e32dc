import { type Kind, kindOf } from "../../components/event/eventText";
import { formatAgo } from "../../components/format/duration";
import { formatClock, parseTime } from "../../components/format/time";
import type { EventRow } from "../../store/state";

/** The rows of the kinds wanted, newest first. Gaps are always there: they concern every kind. */
export function feedRows(rows: readonly EventRow[], wanted: ReadonlySet<Kind>): EventRow[] {
  const feed: EventRow[] = [];
  for (let i = rows.length - 1; i >= 0; i--) {
    const row = rows[i];
    if (row && (row.kind === "gap" || wanted.has(kindOf(row.event)))) feed.push(row);
  }
  return feed;
}

const OLD_MS = 60 * 60 * 1000;

/** "12 s ago" within the hour, the time of day before; now is the server's clock. */
export function whenText(time: string, now: number): string {
  const at = parseTime(time);
  return now - at < OLD_MS ? formatAgo(now - at) : formatClock(at);
}

/** How many rows of the feed are newer than the one with this key; all, when it is gone. */
export function newerThan(feed: readonly EventRow[], key: string): number {
  const at = feed.findIndex((row) => row.key === key);
  return at < 0 ? feed.length : at;
}

/** A gap in words: what is missing and what is not. */
export function gapText(row: Extract<EventRow, { kind: "gap" }>): { title: string; detail: string } {
  const span =
    row.since === null || row.until === null ? "" : `${formatClock(row.since)} to ${formatClock(row.until)}, `;
  switch (row.reason) {
    case "connection":
      return { title: "Connection lost", detail: span + recoveredText(row.lost, row.replayed) };
    case "lost":
      return { title: "Events missing", detail: span + lostText(row.lost) };
    case "restart":
      return { title: "Quaywatch restarted", detail: `${span}what happened before is not known` };
  }
}

function recoveredText(lost: number | null, replayed: number): string {
  if (lost !== 0) return lostText(lost);
  if (replayed === 0) return "nothing missed";
  return replayed === 1 ? "1 event replayed" : `${replayed} events replayed`;
}

function lostText(lost: number | null): string {
  if (lost === null) return "some events are missing";
  return lost === 1 ? "1 event is missing" : `${lost} events are missing`;
}
