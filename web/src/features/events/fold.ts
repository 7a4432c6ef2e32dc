/**
 * Folds what repeats itself: a container that restarts for two minutes is one
 * row and not fifty. Pure; rows come and go newest first.
 */
import type { Event } from "../../api/types.gen";
import { type EventIcon, type EventTone, eventView } from "../../components/event/eventText";
import { formatDuration } from "../../components/format/duration";
import { parseTime } from "../../components/format/time";
import type { EventRow } from "../../store/state";

export interface FoldRow<E extends EventOnly = EventOnly> {
  readonly kind: "fold";
  /** Of its first event, so that it stays the same row while it grows. */
  readonly key: string;
  /** Newest first. */
  readonly rows: readonly E[];
  readonly words: string;
  readonly icon: EventIcon;
  readonly tone: EventTone;
}

export type EventOnly = Extract<EventRow, { kind: "event" }>;

/** What stands between events and ends every story. */
interface Between {
  readonly kind: "gap";
}

/** A pause longer than this ends a repetition. */
export const FOLD_GAP_MS = 2 * 60_000;

const LIFE = new Set(["die", "start", "restart", "stop", "kill", "oom"]);

/** What happens to the same thing and belongs to the same story. */
function familyOf(e: Event): string {
  if (e.kind === "container") {
    if (LIFE.has(e.action)) return "life";
    if (e.action.startsWith("exec_")) return `exec ${e.detail}`;
    return `${e.action} ${e.detail}`;
  }
  if (e.kind === "network" && (e.action === "connect" || e.action === "disconnect")) return "link";
  return e.action;
}

function subjectOf(e: Event): string {
  const about = e.kind === "network" ? (e.attributes["container"] ?? "") : "";
  return `${e.engine} ${e.kind} ${e.id} ${about}`;
}

/** Of which story an event is, and when it was. */
interface Place {
  readonly subject: string;
  readonly family: string;
  readonly at: number;
}

// Events are immutable and each is folded many times: its place is found once.
const places = new WeakMap<Event, Place>();

function placeOf(e: Event): Place {
  let place = places.get(e);
  if (place === undefined) {
    place = { subject: subjectOf(e), family: familyOf(e), at: parseTime(e.time) };
    places.set(e, place);
  }
  return place;
}

interface Run<E extends EventOnly> {
  readonly family: string;
  readonly rows: E[];
  last: number;
}

/** fold returns the rows with every repetition in one row, where its newest event is. */
export function fold<R extends EventOnly | Between>(rows: readonly R[]): (R | FoldRow<Extract<R, EventOnly>>)[] {
  type E = Extract<R, EventOnly>;
  const runs = new Map<R, Run<E>>();
  const open = new Map<string, Run<E>>();
  for (let i = rows.length - 1; i >= 0; i--) {
    const row = rows[i];
    if (row === undefined) continue;
    if (row.kind === "gap") open.clear();
    else runs.set(row, join(open, row as E));
  }
  const folded: (R | FoldRow<E>)[] = [];
  const done = new Set<Run<E>>();
  for (const row of rows) {
    const run = runs.get(row);
    if (run === undefined || !repeats(run)) folded.push(row);
    else if (!done.has(run)) {
      done.add(run);
      folded.push(foldRow(run));
    }
  }
  return folded;
}

function join<E extends EventOnly>(open: Map<string, Run<E>>, row: E): Run<E> {
  const { subject, family, at } = placeOf(row.event);
  const current = open.get(subject);
  if (current && current.family === family && at - current.last <= FOLD_GAP_MS) {
    current.rows.push(row);
    current.last = at;
    return current;
  }
  const run: Run<E> = { family, rows: [row], last: at };
  open.set(subject, run);
  return run;
}

function times(run: Run<EventOnly>): number {
  const count = (action: string) => run.rows.reduce((n, r) => n + Number(r.event.action === action), 0);
  if (run.family === "life") return count("die");
  if (run.family === "link") return Math.max(count("connect"), count("disconnect"));
  if (run.family.startsWith("exec ")) return Math.max(count("exec_start"), count("exec_create"), count("exec_die"));
  return run.rows.length;
}

/** Twice is a repetition for what is a story by itself; a single action must come three times. */
function repeats(run: Run<EventOnly>): boolean {
  const story = run.family === "life" || run.family === "link" || run.family.startsWith("exec ");
  return times(run) >= (story ? 2 : 3);
}

const TONES: readonly EventTone[] = ["plain", "good", "warn", "bad"];

function foldRow<E extends EventOnly>(run: Run<E>): FoldRow<E> {
  const newest = run.rows.at(-1) as E;
  const oldest = run.rows[0] as E;
  const views = run.rows.map((r) => eventView(r.event));
  const worst = views.reduce((a, b) => (TONES.indexOf(b.tone) > TONES.indexOf(a.tone) ? b : a));
  const span = formatDuration(run.last - parseTime(oldest.event.time));
  return {
    kind: "fold",
    key: oldest.key,
    rows: run.rows.toReversed(),
    words: `${whatText(run, newest.event)} ×${times(run)} in ${span}${exitText(run)}`,
    icon: worst.icon,
    tone: worst.tone,
  };
}

function whatText(run: Run<EventOnly>, newest: Event): string {
  if (run.family === "life") return "restarted";
  if (run.family === "link") return `connected and disconnected ${newest.attributes["containerName"] ?? "a container"}`;
  if (run.family.startsWith("exec ")) return newest.detail === "" ? "command ran" : `ran ${newest.detail}`;
  return eventView(newest).words;
}

function exitText(run: Run<EventOnly>): string {
  const codes = run.rows.flatMap((r) => (r.event.action === "die" ? (r.event.attributes["exitCode"] ?? []) : []));
  const last = codes.at(-1);
  if (run.family !== "life" || last === undefined) return "";
  return codes.every((c) => c === last) ? `, exit ${last}` : `, last exit ${last}`;
}
