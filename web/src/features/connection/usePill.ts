import { useRef, useSyncExternalStore } from "react";
import { useLive } from "../../store/hooks";
import type { Live } from "../../store/live";
import { type PillView, pillView } from "./pillView";
import { nothingSpoken, type Spoken, speak } from "./spoken";

/** The pill but for its words, which change with every round trip: they are PillText's. */
export type Pill = Omit<PillView, "text">;

export function pillOf({ store }: Pick<Live, "store">): PillView {
  const { connection, engines, versions } = store.view();
  // Before the first commit nobody has asked for a connection yet; the page is about to.
  const early = versions.connection === 0 && connection.phase === "idle";
  return pillView(early ? { ...connection, phase: "connecting" } : connection, engines);
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

/** What a screen reader is told of the state. The store commits once a second: what had to wait is said then. */
export function useSpoken(): string {
  const live = useLive();
  const last = useRef<Spoken>(nothingSpoken);
  const snapshot = (): string => {
    last.current = speak(last.current, pillOf(live), live.clock.now());
    return last.current.text;
  };
  return useSyncExternalStore(live.store.subscribe, snapshot, snapshot);
}

export function samePill(a: Pill, b: Pill): boolean {
  return (
    a.state === b.state &&
    a.tone === b.tone &&
    a.retryAt === b.retryAt &&
    a.announcement === b.announcement &&
    a.action === b.action
  );
}
