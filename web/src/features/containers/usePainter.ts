import { useEffect, useMemo } from "react";
import { usePreference } from "../../components/preference";
import { unitsPreference } from "../../components/preferences";
import { browserTimers } from "../../lib/timers";
import { useLive } from "../../store/hooks";
import { knownUntil } from "../../store/knownUntil";
import { Painter } from "./painter";
import { Trends } from "./trends";
import type { CpuView } from "./useSight";

const PAST_SECONDS = 120;

/** The painter of the table, a new one when figures are to be written in another way. */
export function usePainter(cpu: CpuView): Painter {
  const live = useLive();
  const units = usePreference(unitsPreference);
  const trends = useMemo(() => {
    const { store, clock, client } = live;
    return new Trends({
      metrics: store.metrics,
      timers: browserTimers,
      now: () => clock.now(),
      serverNow: store.serverNow,
      past: (key) => client.series(key, PAST_SECONDS, ["cpu", "mem"]),
    });
  }, [live]);
  useEffect(() => () => trends.close(), [trends]);
  return useMemo(() => {
    const clock = {
      now: () => live.clock.now(),
      tickMs: () => (live.store.view().server?.sampleSeconds || 1) * 1000,
      serverNow: live.store.serverNow,
      knownUntil: (engine: string) => knownUntil(live, engine),
    };
    return new Painter(
      live.store.metrics,
      clock,
      { units, cpuBase: cpu.base, cpuScale: cpu.scale, cpuWords: cpu.words },
      trends,
    );
  }, [live, units, cpu, trends]);
}
