import { useEffect, useState, useSyncExternalStore } from "react";
import type { LogsFrame } from "../../api/types.gen";
import { formatClock } from "../../components/format/time";
import { usePreference } from "../../components/preference";
import { browserFrames, browserTimers } from "../../lib/timers";
import { useLive } from "../../store/hooks";
import type { Live } from "../../store/live";
import { LINE } from "./model/logBuffer";
import { jsonPreference, timePreference, wrapPreference } from "./model/logPreferences";
import { LogSession } from "./model/logSession";
import { MOMENT_LINES, MOMENT_PAGE, MomentLog, type MomentLogState } from "./model/momentLog";
import { LogScreen } from "./screen/logScreen";

/** What is shown in all: the lines, a page over each edge, and the moment itself. */
const CAPACITY = MOMENT_LINES + 4 * MOMENT_PAGE;

interface MomentScreen {
  readonly screen: LogScreen;
  readonly log: MomentLog;
  readonly state: MomentLogState;
  readonly earlier: () => void;
  readonly later: () => void;
}

/** The log of a container around a moment (Unix microseconds), opened at it. */
export function useMomentScreen(containerKey: string, at: number): MomentScreen {
  const live = useLive();
  const [{ screen, log }] = useState(() => open(live, containerKey, at));
  const { session } = screen;
  const look = {
    time: usePreference(timePreference),
    wrap: usePreference(wrapPreference) === "on",
    pretty: usePreference(jsonPreference) === "on",
  };
  useEffect(
    () => screen.look({ time: look.time, wrap: look.wrap, pretty: look.pretty }),
    [screen, look.time, look.wrap, look.pretty],
  );
  useEffect(() => {
    session.follow([containerKey]);
    const stop = showFirst(screen, log);
    return () => {
      stop();
      session.close();
    };
  }, [screen, log, session, containerKey]);
  const state = useSyncExternalStore(log.subscribe, log.state);
  // The view is given all lines anew: it goes on at the edge to which more was put.
  const more = (read: () => Promise<void>, edge: () => number) => {
    const place = edge();
    void read().then(() => {
      const { before } = log.state();
      const { first } = session.buffer;
      whenDrawn(screen, () => screen.reveal(first + (place < 0 ? before + place : before + 1 + place)));
    });
  };
  return {
    screen,
    log,
    state,
    // Counted from the moment: what is put before moves nothing of that.
    earlier: () =>
      more(
        () => log.earlier(),
        () => -log.state().before || -1,
      ),
    later: () =>
      more(
        () => log.later(),
        () => Math.max(0, log.state().after - 1),
      ),
  };
}

function open(live: Live, key: string, at: number): { screen: LogScreen; log: MomentLog } {
  const { store } = live;
  const log = new MomentLog({
    at,
    request: (range) => {
      const query = new URLSearchParams({ format: "json" });
      for (const [name, value] of Object.entries(range)) query.set(name, String(value));
      const id = encodeURIComponent(key.slice(key.indexOf("/") + 1));
      return live.client.ask<LogsFrame>("GET", `/api/v1/containers/${id}/logs?${query}`);
    },
    mark: () => {
      const text = `${formatClock(at / 1000)} · the moment`;
      session.buffer.append([{ src: -1, at, kind: LINE.moment, text }]);
    },
  });
  const session = new LogSession(
    log,
    { now: () => store.serverNow(), name: (k) => store.view().containers.get(k)?.container.name ?? null },
    CAPACITY,
    0,
  );
  const screen = new LogScreen(
    {
      session,
      frames: browserFrames,
      timers: browserTimers,
      now: () => live.clock.now(),
      serverNow: () => store.serverNow(),
    },
    { time: timePreference.get(), wrap: wrapPreference.get() === "on", pretty: jsonPreference.get() === "on" },
  );
  // Nothing is followed: the view stands where it is put.
  screen.pause();
  return { screen, log };
}

/** Brings the moment into the middle once its lines have come; returns what gives up waiting. */
function showFirst(screen: LogScreen, log: MomentLog): () => void {
  let stopWaiting: () => void = () => {};
  const look = () => {
    const { phase, before } = log.state();
    if (phase !== "ready") return;
    unsubscribe();
    stopWaiting = whenDrawn(screen, () => screen.reveal(screen.session.buffer.first + before));
  };
  const unsubscribe = log.subscribe(look);
  return () => {
    unsubscribe();
    stopWaiting();
  };
}

/** Calls fn once the screen has taken in all that the session has. */
function whenDrawn(screen: LogScreen, fn: () => void): () => void {
  const look = () => {
    if (screen.state().kept !== screen.session.buffer.length) return;
    unsubscribe();
    fn();
  };
  const unsubscribe = screen.subscribe(look);
  look();
  return unsubscribe;
}
