/** A moment of the past that a page is looked at around: it stands in the address. Pure. */

export interface Moment {
  /** RFC 3339: to the nanosecond, as an event has it. */
  readonly time: string;
  /** Unix milliseconds. */
  readonly at: number;
}

/** The moment of an address, null where it has none or one that makes no sense. */
export function momentOf(search: string): Moment | null {
  // A plus is a blank in an address: a zone that was typed in has one.
  const time = (new URLSearchParams(search).get("at") ?? "").replace(" ", "+");
  const at = Date.parse(time);
  return /^\d{4}-\d\d-\d\dT/.test(time) && !Number.isNaN(at) ? { time, at } : null;
}
