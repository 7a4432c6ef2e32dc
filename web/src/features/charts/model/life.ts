import type { Container, Event } from "../../../api/types.gen";
import type { Interval } from "./interval";

/** Something that happened, on the axis of the charts. */
export interface Marker {
  readonly at: number;
  readonly kind: "start" | "restart" | "end" | "oom" | "healthy" | "unhealthy" | "paused" | "resumed";
  /** "restarted after exit 137", "out of memory". */
  readonly text: string;
}

/** A container that was started so soon after it ended was restarted. */
const RESTART_MS = 60_000;

/** markersOf returns the restarts, ends, OOM kills and changes of health among a container's events, oldest first. */
export function markersOf(events: readonly Event[]): Marker[] {
  const out: Marker[] = [];
  let death: { at: number; code: string | undefined } | null = null;
  for (const e of events) {
    const at = Date.parse(e.time);
    if (e.action === "die") death = { at, code: e.attributes["exitCode"] };
    const marker = markerOf(e, at, death);
    if (!marker) continue;
    // A restart is one mark, not an end and a start on top of each other.
    const before = out.at(-1);
    if (marker.kind === "restart" && before?.kind === "end" && at - before.at < RESTART_MS) out.pop();
    out.push(marker);
    if (e.action === "start") death = null;
  }
  return out;
}

function markerOf(e: Event, at: number, death: { at: number; code: string | undefined } | null): Marker | null {
  switch (e.action) {
    case "start":
      if (death && at - death.at < RESTART_MS) {
        return { at, kind: "restart", text: `restarted${death.code ? `, exit ${death.code}` : ""}` };
      }
      return { at, kind: "start", text: "started" };
    case "die":
      return { at, kind: "end", text: death?.code ? `exited with ${death.code}` : "exited" };
    case "oom":
      return { at, kind: "oom", text: "ran out of memory" };
    case "pause":
      return { at, kind: "paused", text: "paused" };
    case "unpause":
      return { at, kind: "resumed", text: "resumed" };
    case "health_status":
      if (e.detail !== "healthy" && e.detail !== "unhealthy") return null;
      return { at, kind: e.detail, text: `became ${e.detail}` };
    default:
      return null;
  }
}

/** idleOf returns when a container did not run, as far as its events and its own record tell: nothing was to be measured then. */
export function idleOf(c: Container, events: readonly Event[]): Interval[] {
  const out: Interval[] = [];
  let ended: number | null = null;
  for (const e of events) {
    if (e.action === "die") ended ??= Date.parse(e.time);
    if (e.action !== "start" || ended === null) continue;
    out.push({ from: ended, to: Date.parse(e.time) });
    ended = null;
  }
  const created = time(c.createdAt);
  const started = time(c.startedAt);
  const finished = time(c.finishedAt);
  const alive = c.state === "running" || c.state === "paused";
  if (created !== null) out.push({ from: Number.NEGATIVE_INFINITY, to: created });
  if (started === null) out.push({ from: created ?? 0, to: Number.POSITIVE_INFINITY });
  else if (!alive) out.push({ from: finished ?? ended ?? started, to: Number.POSITIVE_INFINITY });
  else if (finished !== null && finished < started) out.push({ from: finished, to: started });
  // Its first run: there was none before, though it had been created earlier.
  else if (finished === null && created !== null) out.push({ from: created, to: started });
  return out;
}

function time(text: string | null): number | null {
  const ms = Date.parse(text ?? "");
  return Number.isNaN(ms) ? null : ms;
}
