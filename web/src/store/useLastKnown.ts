import { useMemo, useSyncExternalStore } from "react";
import { useEngines, useLive } from "./hooks";

const LINK_DOWN = new Set(["reconnecting", "offline", "signin", "update", "closed"]);

/**
 * Of whose containers nothing new can come: all, while the link is down; those
 * of engines that do not answer. Their rows say "last known".
 */
export function useLastKnown(): ReadonlySet<string> | "all" {
  const { store } = useLive();
  // The phase alone: the rest of the link's state changes with every heartbeat.
  const phase = useSyncExternalStore(store.subscribe, () => store.view().connection.phase);
  const engines = useEngines();
  const unreachable = useMemo(
    () => new Set(engines.filter((e) => e.state === "unreachable").map((e) => e.id)),
    [engines],
  );
  return LINK_DOWN.has(phase) ? "all" : unreachable;
}
