import type { Known } from "../../../store/past/identity";
import type { EventRow } from "../../../store/state";

/** Events of the past as lines of the live log, the oldest first: what may lack events is a gap. */
export function pastRows(events: readonly Known[]): EventRow[] {
  return events.map((k) => (isHole(k) ? gapOf(k) : k)).reverse();
}

function isHole({ event: { kind, action } }: Known): boolean {
  return (kind === "engine" && action === "gap") || (kind === "history" && action === "lost");
}

/** A stretch of which nobody knows what happened in it. */
export function gapOf({ key, event, at }: Known): Extract<EventRow, { kind: "gap" }> {
  const from = Date.parse(event.attributes["from"] ?? "");
  const reason = event.attributes["reason"] ?? "";
  const since = Number.isNaN(from) ? null : from;
  return { kind: "gap", key, reason: "lost", since, until: at / 1000, replayed: 0, lost: null, told: reason };
}
