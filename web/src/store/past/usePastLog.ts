import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { pastEvents } from "../../api/events";
import type { Event } from "../../api/types.gen";
import { browserTimers } from "../../lib/timers";
import { useConnectionState, useLive, useServer } from "../hooks";
import type { Live } from "../live";
import { microsOf } from "./identity";
import { matcherOf, OWN_KINDS } from "./matching";
import { PastLog, type PastView } from "./pastLog";

export interface UsePastLog {
  readonly log: PastLog;
  readonly view: PastView;
  /** What is shown is what was asked before: the answer is on its way. */
  readonly stale: boolean;
}

/**
 * Events by the parameters of GET /api/v1/events, live and past in one list.
 * Another question keeps the old answer on screen until the first of the new one
 * is there. Held, what comes live waits.
 */
export function usePastLog(params: string, held: boolean): UsePastLog {
  const live = useLive();
  const log = useMemo(() => logOf(live, params), [live, params]);
  useEffect(() => {
    const follow = () => log.live(live.store.view().events.rows);
    follow();
    log.start();
    return live.store.subscribe(follow);
  }, [live, log]);
  useEffect(() => log.hold(held), [log, held]);
  useAgain(log, params);
  useRetry(log);
  const view = useSyncExternalStore(log.subscribe, log.view);
  const last = useRef(view);
  const stale = view.phase === "first" && last.current !== view && last.current.phase !== "first";
  useEffect(() => {
    if (view.phase !== "first") last.current = view;
  }, [view]);
  return { log, view: stale ? last.current : view, stale };
}

/** So long after an event, what it made others write is written. */
const WRITTEN_MS = 400;
const AGAIN_MS = 5_000;

/** Rows that only the history has come with no live log: they are asked for again, with each event and now and then. */
function useAgain(log: PastLog, params: string): void {
  const { store } = useLive();
  useEffect(() => {
    const kinds = (new URLSearchParams(params).get("kind") ?? "").split(",");
    if (!kinds.some((k) => OWN_KINDS.includes(k))) return undefined;
    let stop = () => {};
    let { rows } = store.view().events;
    const wait = (ms: number) => {
      stop();
      stop = browserTimers.after(ms, () => {
        if (!document.hidden) log.again();
        wait(AGAIN_MS);
      });
    };
    wait(AGAIN_MS);
    const unsubscribe = store.subscribe(() => {
      if (store.view().events.rows === rows) return;
      rows = store.view().events.rows;
      wait(WRITTEN_MS);
    });
    return () => {
      stop();
      unsubscribe();
    };
  }, [store, log, params]);
}

/** What failed because the server was out of reach, or its history, is tried again once it is not. */
function useRetry(log: PastLog): void {
  const linked = ["live", "slow", "polling"].includes(useConnectionState().phase);
  const state = useServer().server?.history?.state;
  useEffect(() => {
    if (linked && state !== "opening") log.retry();
  }, [log, linked, state]);
}

function logOf({ client, store }: Live, params: string): PastLog {
  const query = new URLSearchParams(params);
  const matches = matcherOf(query);
  const since = timeOf(query.get("since"), store.serverNow());
  const until = timeOf(query.get("until"), store.serverNow());
  return new PastLog({
    fetch: (next, limit) => pastEvents(client, params, next, limit),
    wants: (e: Event) => {
      if (!matches(e)) return false;
      if (since === null && until === null) return true;
      const at = microsOf(e.time);
      return (since === null || at >= since) && (until === null || at < until);
    },
  });
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Unix microseconds of a time, or of how long ago it was; null for none. */
function timeOf(text: string | null, now: number): number | null {
  if (text === null || text === "") return null;
  const [, count, unit = ""] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return (now - Number(count) * (UNITS[unit] ?? 0) * 1000) * 1000;
  const at = microsOf(text);
  return Number.isNaN(at) ? null : at;
}
