import type { Event } from "../../api/types.gen";
import { type EventTone, eventView, type Kind, kindOf, subjectOf } from "../../components/event/eventText";
import { formatClock, parseTime } from "../../components/format/time";
import type { EventRow } from "../../store/state";
import type { Absence } from "./absence";
import type { FeedFilter } from "./feedFilter";
import { type EventOnly, type FoldRow, fold } from "./fold";

/** A row of the feed as it is drawn. */
export type FeedRow =
  | EventOnly
  | { readonly kind: "nested"; readonly key: string; readonly event: Event }
  | Extract<EventRow, { kind: "gap" }>
  | FoldRow
  | ({ readonly kind: "away"; readonly key: string } & Absence);

export interface Wanted extends FeedFilter {
  readonly kinds: ReadonlySet<Kind>;
  readonly severities: ReadonlySet<EventTone>;
  /** Lower case; "" is everything. */
  readonly text: string;
}

/** The rows that are wanted, newest first. Gaps are always there: they concern every kind. */
export function feedRows(rows: readonly EventRow[], wanted: Wanted): EventRow[] {
  const feed: EventRow[] = [];
  for (let i = rows.length - 1; i >= 0; i--) {
    const row = rows[i];
    if (row && (row.kind === "gap" || isWanted(row.event, wanted))) feed.push(row);
  }
  return feed;
}

export function isWanted(e: Event, w: Wanted): boolean {
  if (!w.kinds.has(kindOf(e))) return false;
  if (w.actions.length > 0 && !w.actions.includes(e.action)) return false;
  if (w.containers.length > 0 && !w.containers.includes(containerOf(e))) return false;
  if (w.severities.size < 4 && !w.severities.has(eventView(e).tone)) return false;
  return w.text === "" || haystack(e).includes(w.text);
}

/** The container an event is about; "" for none. */
export function containerOf(e: Event): string {
  return e.kind === "container" ? e.name : "";
}

// Events are immutable: what is searched in one is made once.
const haystacks = new WeakMap<Event, string>();

function haystack(e: Event): string {
  let text = haystacks.get(e);
  if (text === undefined) {
    text = [subjectOf(e), e.kind, e.action, eventView(e).words, e.attributes["image"] ?? "", e.id]
      .join("\n")
      .toLowerCase();
    haystacks.set(e, text);
  }
  return text;
}

/** The rows as they are drawn: repetitions folded or opened, and a line where the user went away. */
export function drawnRows(rows: readonly EventRow[], opened: ReadonlySet<string>, away: Absence | null): FeedRow[] {
  const drawn: FeedRow[] = [];
  for (const row of fold(rows)) {
    drawn.push(row);
    if (row.kind !== "fold" || !opened.has(row.key)) continue;
    for (const r of row.rows) drawn.push({ kind: "nested", key: `in ${r.key}`, event: r.event });
  }
  if (away === null) return drawn;
  const at = drawn.findIndex((row) => timeOf(row) <= away.since);
  drawn.splice(at < 0 ? drawn.length : at, 0, { kind: "away", key: "away", ...away });
  return drawn;
}

function timeOf(row: FeedRow): number {
  switch (row.kind) {
    case "event":
    case "nested":
      return parseTime(row.event.time);
    case "fold":
      return parseTime(row.rows[0]?.event.time);
    case "gap":
      return row.until ?? Number.NaN;
    case "away":
      return row.since;
  }
}

/** How many rows of the feed are newer than the one with this key; all, when it is gone. */
export function newerThan(feed: readonly { readonly key: string }[], key: string): number {
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
