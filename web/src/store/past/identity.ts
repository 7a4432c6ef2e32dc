/**
 * What names an event, in the words of the server's history: told twice, live
 * and from the past, it is the same one. Engine, time, kind, action, id, detail
 * and the container that a network's or a volume's event is about.
 */
import type { Event } from "../../api/types.gen";

/** An event as a list of the past holds it; a row that can be drawn and folded. */
export interface Known {
  readonly kind: "event";
  readonly key: string;
  readonly event: Event;
  /** Unix microseconds: as fine as the history orders. */
  readonly at: number;
}

export function knownOf(event: Event): Known {
  return { kind: "event", key: identityOf(event), event, at: microsOf(event.time) };
}

export function identityOf(e: Event): string {
  return [e.time, e.engine, e.kind, e.action, e.id, e.detail, e.attributes["container"] ?? ""].join("\u0000");
}

/** Unix microseconds of a time of the wire, which has up to nine digits behind the second. */
export function microsOf(time: string): number {
  const ms = Date.parse(time);
  const digits = /\.\d{3}(\d{1,3})/.exec(time)?.[1] ?? "";
  return ms * 1000 + Number(digits.padEnd(3, "0"));
}
