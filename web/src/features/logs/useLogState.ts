import { useSyncExternalStore } from "react";
import type { LogSource } from "./model/logSession";
import type { LogScreen } from "./screen/logScreen";
import type { ScreenState } from "./screen/screenState";

/** A part of what a screen tells of itself; the component is drawn anew when that part changes. */
export function useLogState<T>(screen: LogScreen, select: (state: ScreenState) => T): T {
  const snapshot = () => select(screen.state());
  return useSyncExternalStore(screen.subscribe, snapshot, snapshot);
}

export function useLogSources(screen: LogScreen): readonly LogSource[] {
  const { session } = screen;
  return useSyncExternalStore(session.subscribe, () => session.sources);
}

/** Whether another log was opened in this one's place. */
export function useLogTaken(screen: LogScreen): boolean {
  const { session } = screen;
  return useSyncExternalStore(session.subscribe, () => session.taken);
}
