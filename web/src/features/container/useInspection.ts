import { useEffect, useMemo, useSyncExternalStore } from "react";
import { browserFrames, browserTimers } from "../../lib/timers";
import { useLive } from "../../store/hooks";
import { type Inspected, Inspection } from "./inspection";

/** A container's inspect document, kept current while the caller is on screen. */
export function useInspection(key: string): Inspected & { refresh(): void } {
  const live = useLive();
  const inspection = useMemo(() => new Inspection(live, key, browserTimers, browserFrames.hidden), [live, key]);
  useEffect(() => inspection.start(), [inspection]);
  const state = useSyncExternalStore(inspection.subscribe, inspection.state);
  const refresh = useMemo(() => () => inspection.refresh(), [inspection]);
  return { ...state, refresh };
}
