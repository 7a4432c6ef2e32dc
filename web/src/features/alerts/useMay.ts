import { useMemo } from "react";
import { useConnectionState, useServer } from "../../store/hooks";
import { isLinked } from "../../store/linked";

export interface May {
  /** Why alerts can't be acknowledged or snoozed now, in a sentence without its stop; null where they can. */
  readonly operate: string | null;
  /** The same for rules and deliveries, which need another role. */
  readonly manage: string | null;
}

/** What may be done now: it depends on the link and the role. A read-only server has all of it: the engine is left alone. */
export function useMay(): May {
  const { phase } = useConnectionState();
  const { role } = useServer();
  return useMemo(() => {
    const link = isLinked(phase) ? null : "Not connected to Quaywatch: what you see is the last known";
    const viewer = role === "viewer" ? "You are signed in as a viewer: this needs the role operator" : null;
    const admin = role !== null && role !== "admin" ? `This needs the role admin; you are signed in as ${role}` : null;
    return { operate: link ?? viewer, manage: link ?? admin };
  }, [phase, role]);
}
