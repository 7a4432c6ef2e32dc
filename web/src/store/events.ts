/** The event feed: a bounded log in which what is missing has a row of its own. */
import type { Event } from "../api/types.gen";
import { EVENT_ROWS, type EventRow, type EventsTopic } from "./state";

type Gap = Omit<Extract<EventRow, { kind: "gap" }>, "kind" | "key">;

/** appendEvents adds what a delta brought. */
export function appendEvents(topic: EventsTopic, events: readonly Event[]): EventsTopic {
  if (events.length === 0) return topic;
  return { ...topic, rows: bound([...topic.rows, ...events.map((e) => row(topic, e))]) };
}

/**
 * beginReplay ends a cut from which we can go on: a row tells when it was, and
 * nothing is missing. What happened meanwhile follows, up to position `target`.
 */
export function beginReplay(topic: EventsTopic, target: number, wall: number): EventsTopic {
  if (topic.cutAt === null) return topic;
  const cut: Gap = { reason: "connection", since: topic.cutAt, until: wall, replayed: 0, lost: 0 };
  const next = withGap(topic, cut);
  return { ...next, cutAt: null, replaying: target > topic.seq ? gapKey(next.gapCount) : null };
}

/** replayEvents adds what a delta brought, and counts it in the cut's row while it makes up for one. */
export function replayEvents(topic: EventsTopic, events: readonly Event[], seq: number): EventsTopic {
  const { replaying } = topic;
  if (replaying === null) return appendEvents(topic, events);
  const rows = topic.rows.map((r) =>
    r.key === replaying && r.kind === "gap" ? { ...r, replayed: r.replayed + events.length } : r,
  );
  return appendEvents({ ...topic, rows, replaying: seq >= topic.target ? null : replaying }, events);
}

/**
 * replaceEvents ends a snapshot at position `seq`. Within an epoch the events we
 * had before it stay, and the positions between them and the snapshot's first
 * are what was lost. Another epoch's events go: their positions mean nothing.
 */
export function replaceEvents(topic: EventsTopic, seq: number, sameEpoch: boolean, wall: number): EventsTopic {
  const { cutAt } = topic;
  const first = topic.staged.reduce((least, e) => Math.min(least, e.seq), seq + 1);
  if (!sameEpoch) {
    const anew: EventsTopic = { ...topic, rows: [], cutAt: null, replaying: null };
    if (topic.epoch === null) return appendEvents(anew, topic.staged);
    const restart: Gap = { reason: "restart", since: cutAt, until: wall, replayed: topic.staged.length, lost: null };
    return appendEvents(withGap(anew, restart), topic.staged);
  }
  const known = topic.seq;
  const news = topic.staged.filter((e) => e.seq > known);
  const lost = Math.max(0, first - 1 - known);
  // What the snapshot tells again it may tell better; what we had besides stays.
  const kept = topic.rows.filter((r) => r.kind === "gap" || r.event.seq <= known);
  const old: EventsTopic = { ...topic, rows: kept, cutAt: null, replaying: null };
  if (lost === 0 && cutAt === null) return appendEvents(old, news);
  const gap: Gap = {
    reason: lost > 0 ? "lost" : "connection",
    since: cutAt,
    until: cutAt === null ? null : wall,
    replayed: news.length,
    lost,
  };
  return appendEvents(withGap(old, gap), news);
}

function row(topic: EventsTopic, event: Event): EventRow {
  return { kind: "event", key: `${topic.gapCount}:${event.seq}`, event };
}

function gapKey(count: number): string {
  return `gap:${count}`;
}

function withGap(topic: EventsTopic, gap: Gap): EventsTopic {
  const count = topic.gapCount + 1;
  return {
    ...topic,
    gapCount: count,
    rows: bound([...topic.rows, { kind: "gap", key: gapKey(count), ...gap }]),
  };
}

function bound(rows: EventRow[]): EventRow[] {
  return rows.length > EVENT_ROWS ? rows.slice(rows.length - EVENT_ROWS) : rows;
}
