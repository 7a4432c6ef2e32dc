/** Reads what was around a moment: the samples of a window, and what happened to the container until its end. */
import { type ApiClient, ApiError } from "../../api/client";
import { pastEvents } from "../../api/events";
import type { Event, Series } from "../../api/types.gen";
import { EXEC_ACTIONS } from "../../store/past/matching";
import { CHARTED } from "./model/history";
import type { Interval } from "./model/interval";
import { marginOf } from "./model/moment";
import type { Range } from "./model/ranges";

export interface Around {
  readonly series: Series;
  /** The container's own, oldest first; null where the history does not tell them. */
  readonly events: readonly Event[] | null;
}

/** So many events before the window's end tell since when the container ran; more of them are within it. */
const EVENTS = 500;

export async function readAround(client: ApiClient, key: string, window: Interval, range: Range): Promise<Around> {
  const id = key.slice(key.indexOf("/") + 1);
  const until = window.to + marginOf(range);
  const query = new URLSearchParams({
    seconds: String(Math.ceil((until - window.from + marginOf(range)) / 1000)),
    until: String(until),
    cols: CHARTED.join(","),
  });
  const params = new URLSearchParams({
    container: id.slice(0, 12),
    kind: "container",
    notAction: EXEC_ACTIONS.join(","),
    until: new Date(until).toISOString(),
  });
  const [series, events] = await Promise.all([
    client.ask<Series>("GET", `/api/v1/containers/${encodeURIComponent(id)}/series?${query}`),
    // Without them there are no marks; the samples may be in memory all the same.
    pastEvents(client, params.toString(), "", EVENTS).catch(() => null),
  ]);
  const own = events?.items.filter((e) => e.id === id).reverse();
  return { series, events: own ?? null };
}

/** Why the past can't be shown. */
export function problemOf(err: unknown): string {
  return err instanceof ApiError ? err.message : "The answer could not be read.";
}
