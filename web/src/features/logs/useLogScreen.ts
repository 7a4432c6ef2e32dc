import { useEffect, useState } from "react";
import { usePreference } from "../../components/preference";
import { browserFrames, browserTimers } from "../../lib/timers";
import { useLive } from "../../store/hooks";
import { isLinked } from "../../store/linked";
import type { Live } from "../../store/live";
import { jsonPreference, keptPreference, tailPreference, timePreference, wrapPreference } from "./model/logPreferences";
import { LogSession } from "./model/logSession";
import { LogScreen } from "./screen/logScreen";

/** The log of some containers, followed for as long as the component is there. */
export function useLogScreen(containers: readonly string[]): LogScreen {
  const live = useLive();
  const [screen] = useState(() => openScreen(live));
  const { session } = screen;
  const tail = Number(usePreference(tailPreference));
  const kept = Number(usePreference(keptPreference));
  const look = {
    time: usePreference(timePreference),
    wrap: usePreference(wrapPreference) === "on",
    pretty: usePreference(jsonPreference) === "on",
  };

  useEffect(() => session.restart(tail, kept), [session, tail, kept]);
  useEffect(() => session.follow(containers), [session, containers]);
  useEffect(
    () => screen.look({ time: look.time, wrap: look.wrap, pretty: look.pretty }),
    [screen, look.time, look.wrap, look.pretty],
  );
  useEffect(() => {
    const { store } = live;
    const onChange = () => {
      session.linked(isUp(live));
      session.renamed();
    };
    const unsubscribe = store.subscribe(onChange);
    onChange();
    return () => {
      unsubscribe();
      session.close();
    };
  }, [live, session]);
  return screen;
}

function openScreen(live: Live): LogScreen {
  const { store } = live;
  const session = new LogSession(
    live.logs,
    { now: () => store.serverNow(), name: (key) => store.view().containers.get(key)?.container.name ?? null },
    Number(keptPreference.get()),
    Number(tailPreference.get()),
  );
  return new LogScreen(
    {
      session,
      frames: browserFrames,
      timers: browserTimers,
      now: () => live.clock.now(),
      serverNow: () => store.serverNow(),
    },
    {
      time: timePreference.get(),
      wrap: wrapPreference.get() === "on",
      pretty: jsonPreference.get() === "on",
    },
  );
}

/** Whether lines can come: over whatever there is. */
function isUp(live: Live): boolean {
  return isLinked(live.store.view().connection.phase);
}
