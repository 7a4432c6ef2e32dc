import { formatClock } from "../../components/format/time";
import type { EventRow } from "../../store/state";
import { type Kind, kindOf } from "./eventText";

/** The rows of the kinds wanted, newest first. Gaps are always there: they concern every kind. */
export function feedRows(rows: readonly EventRow[], wanted: ReadonlySet<Kind>): EventRow[] {
  const feed: EventRow[] = [];
  for (let i = rows.length - 1; i >= 0; i--) {
    const row = rows[i];
    if (row && (row.kind === "gap" || wanted.has(kindOf(row.event)))) feed.push(row);
  }
  return feed;
}

/** How many rows of the feed are newer than the one with this key; all, when it is gone. */
export function newerThan(feed: readonly EventRow[], key: string): number {
  const at = feed.findIndex((row) => row.key === key);
  return at < 0 ? feed.length : at;
}

/** A gap in words: what is missing and what is not. */
export function gapText(row: Extract<EventRow, { kind: "gap" }>): { title: string; detail: string } {
  const from = row.since === null ? "" : formatClock(row.since);
  const to = row.until === null ? "" : formatClock(row.until);
  const span = from && to ? ` ${from} to ${to}` : "";
  const replayed = row.replayed === 1 ? "1 event replayed" : `${row.replayed} events replayed`;
  switch (row.reason) {
    case "connection":
      return {
        title: `Connection lost${span}`,
        detail: row.lost ? `${lostText(row.lost)}, ${replayed}` : `${replayed}, none missing`,
      };
    case "lost":
      return { title: `Events missing${span}`, detail: lostText(row.lost) };
    case "restart":
      return { title: `Quaywatch restarted${span}`, detail: "What happened before is not known" };
  }
}

function lostText(lost: number | null): string {
  if (lost === null) return "some events are missing";
  return lost === 1 ? "1 event is missing" : `${lost} events are missing`;
}
