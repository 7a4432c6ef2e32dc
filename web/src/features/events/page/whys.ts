/** Why an event came to be, from those around it. Pure. */

import type { Known } from "../../../store/past/identity";
import type { ContainerEntry, EventRow } from "../../../store/state";
import { gapOf } from "../../container/model/pastRows";
import { type Why, whysOf } from "../../container/model/why";

/** So many events are looked through on either side: a busy engine's last seconds, a calm one's last days. */
const REACH = 300;

/** What explains an event, where that is known; null where nobody knows more than the event says. */
export function whyOf(
  events: readonly Known[],
  index: number,
  entry: ContainerEntry | undefined,
  clientId: string,
): Why | null {
  const asked = events[index];
  if (asked?.event.kind !== "container") return null;
  const own: EventRow[] = [];
  let at = -1;
  // Newest first here, oldest first there.
  for (let i = Math.min(events.length, index + REACH) - 1; i >= Math.max(0, index - REACH); i--) {
    const k = events[i];
    if (k === undefined || !concerns(k, asked)) continue;
    if (k === asked) at = own.length;
    own.push(k.event.action === "gap" || k.event.kind === "history" ? gapOf(k) : k);
  }
  const restartPolicy = entry?.container.restartPolicy ?? "";
  const why = whysOf(own, { clientId, restartPolicy, autoRemove: null })[at] ?? null;
  return why === null || why.cause === "unknown" ? null : why;
}

function concerns({ event }: Known, asked: Known): boolean {
  if (event.kind === "history") return true;
  if (event.engine !== asked.event.engine) return false;
  return event.kind === "engine" || (event.kind === "container" && event.id === asked.event.id);
}

/** Where an event stands in the list; -1 where it does not. */
export function indexOf(events: readonly Known[], at: number, key: string): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const mid = (low + high) >>> 1;
    if ((events[mid]?.at ?? 0) > at) low = mid + 1;
    else high = mid;
  }
  while (low < events.length && events[low]?.at === at) {
    if (events[low]?.key === key) return low;
    low++;
  }
  return -1;
}
