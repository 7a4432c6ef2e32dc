/**
 * What is new in the alerts, from one table of them to the next. Pure. The
 * server says what fires; this says what of it somebody who looks at the page
 * has not been told yet.
 */
import type { Alert } from "../../api/types.gen";
import { isFiring } from "../../store/firing";
import type { ResourceTable } from "../../store/resourceTable";

export interface News {
  /** They fire, and did not before. */
  readonly fresh: readonly Alert[];
  /** Somebody looks after them now, here or elsewhere. */
  readonly hushed: readonly Alert[];
  /** They fired, and it is over. */
  readonly over: readonly Alert[];
}

/** The server wakes what was snoozed within so long of the time it was snoozed until. */
const WAKING_MS = 5_000;

/** newsOf compares two tables; what stands in the first one that was loaded is no news. `now` is the server's time. */
export function newsOf(before: ResourceTable<Alert>, table: ResourceTable<Alert>, now: number): News {
  const fresh: Alert[] = [];
  const hushed: Alert[] = [];
  const over: Alert[] = [];
  if (!before.loaded || before.entries === table.entries) return { fresh, hushed, over };
  for (const { before: was, now: is } of table.entries.changes(before.entries)) {
    const fired = was?.state === "firing";
    if (is === undefined || is.state !== "firing") {
      if (fired) over.push(is ?? was);
    } else if (!isFiring(is)) {
      if (was === undefined || isFiring(was)) hushed.push(is);
    } else if (was === undefined || !fired || sleptIn(was, now)) fresh.push(is);
  }
  return { fresh, hushed, over };
}

/** Whether a snooze has run out. One that somebody took back is no news: he has just seen the alert. */
function sleptIn(was: Alert, now: number): boolean {
  if (was.snoozed === null || was.acknowledged !== null || was.snoozed.until === null) return false;
  return Date.parse(was.snoozed.until) <= now + WAKING_MS;
}
