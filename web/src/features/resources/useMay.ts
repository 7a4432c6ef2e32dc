import { useMemo, useSyncExternalStore } from "react";
import { useEngines, useLive, useServer } from "../../store/hooks";
import { blockedBy } from "../actions/model/availability";

export interface May {
  /** Why nothing can be made or changed now, in a sentence without its stop; null where it can. */
  readonly change: string | null;
  /** The same for removing, which needs another role. */
  readonly remove: string | null;
  /** The same for what is only read, but in full: an image as a file. */
  readonly save: string | null;
}

/** What may be done now: it depends on the link, the engine and the role. */
export function useMay(): May {
  const live = useLive();
  const { role, server } = useServer();
  const phase = useSyncExternalStore(live.store.subscribe, () => live.store.view().connection.phase);
  const readOnly = server?.readOnly ?? false;
  const engines = useEngines();
  const down = engines.length > 0 && engines.every((e) => e.state !== "connected");
  return useMemo(() => {
    const surroundings = { phase, role, readOnly, unreachable: new Map<string, string>() };
    const engine = down ? "Docker does not answer now" : null;
    return {
      change: blockedBy(surroundings, "start") ?? engine,
      remove: blockedBy(surroundings, "remove") ?? engine,
      save: blockedBy({ ...surroundings, readOnly: false }, "start") ?? engine,
    };
  }, [phase, role, readOnly, down]);
}
