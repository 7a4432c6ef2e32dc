import { useRef, useSyncExternalStore } from "react";
import { useLive } from "../../store/hooks";
import type { Live } from "../../store/live";
import { type PillView, pillView } from "./pillView";

/** The pill but for its words, which change with every round trip: they are PillText's. */
export type Pill = Omit<PillView, "text">;

function pillOf({ store }: Live): PillView {
  const { connection, engines } = store.view();
  return pillView(connection, engines);
}

/** Re-renders when the link gets into another state, not when the round trip changes. */
export function usePill(): Pill {
  const live = useLive();
  const last = useRef<Pill | null>(null);
  const snapshot = (): Pill => {
    const next = pillOf(live);
    if (last.current === null || !samePill(last.current, next)) last.current = next;
    return last.current;
  };
  return useSyncExternalStore(live.store.subscribe, snapshot, snapshot);
}

export function usePillText(): string {
  const live = useLive();
  const snapshot = () => pillOf(live).text;
  return useSyncExternalStore(live.store.subscribe, snapshot, snapshot);
}

export function samePill(a: Pill, b: Pill): boolean {
  return (
    a.state === b.state &&
    a.tone === b.tone &&
    a.retryAt === b.retryAt &&
    a.announcement === b.announcement &&
    a.canRetry === b.canRetry
  );
}
