import { useMemo, useSyncExternalStore } from "react";
import { useEngines, useLive } from "./hooks";
import { isLinked } from "./linked";

/**
 * Of whose containers nothing new can come: all, while the link is down; those
 * of engines that do not answer. Their rows say "last known".
 */
export function useLastKnown(): ReadonlySet<string> | "all" {
  const { store } = useLive();
  // The phase alone: the rest of the link's state changes with every heartbeat.
  const read = () => store.view().connection.phase;
  const phase = useSyncExternalStore(store.subscribe, read, read);
  const engines = useEngines();
  const unreachable = useMemo(
    () => new Set(engines.filter((e) => e.state === "unreachable").map((e) => e.id)),
    [engines],
  );
  return isLinked(phase) ? unreachable : "all";
}
