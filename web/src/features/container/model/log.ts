import type { Event } from "../../../api/types.gen";
import type { EventRow } from "../../../store/state";
import { type Why, type WhyFacts, whysOf } from "./why";

/** A line of a container's events, with why it came to be. */
export interface LogLine {
  readonly row: EventRow;
  readonly why: Why | null;
}

/** What happens inside of a container and to it without changing it: health checks alone would drown the rest. */
const ASIDE = /^(exec_|attach|detach|top|resize|copy|archive-path|extract-to-dir|export|commit)/;

/** The lines of one container, newest first, with the gaps between its events; `aside` adds what changes nothing. */
export function logOf(
  rows: readonly EventRow[],
  engine: string,
  id: string,
  facts: WhyFacts,
  aside: boolean,
): LogLine[] {
  const own = rows.filter((row) => row.kind === "gap" || concerns(row.event, engine, id));
  const whys = whysOf(own, facts);
  const lines = own.map((row, i) => ({ row, why: whys[i] ?? null }));
  const first = lines.findIndex(({ row }) => row.kind === "event" && row.event.kind !== "engine");
  if (first < 0) return [];
  // What was missing before its first event, or away, does not concern it.
  return lines
    .slice(first)
    .filter(({ row }) => aside || row.kind === "gap" || row.event.kind !== "container" || !ASIDE.test(row.event.action))
    .reverse();
}

function concerns(e: Event, engine: string, id: string): boolean {
  if (e.engine !== engine) return false;
  // What becomes of its engine becomes of it.
  return e.kind === "engine" || (e.kind === "container" ? e.id === id : e.attributes["container"] === id);
}
