import { useConnectionState, useEngines, useServer } from "../../store/hooks";
import type { ContainerEntry } from "../../store/state";
import { reasonNot } from "./model/reason";
import { TerminalPane } from "./TerminalPane";

interface TerminalTabProps {
  readonly entry: ContainerEntry;
  /** The container is in the engine, not only remembered. */
  readonly there: boolean;
}

/** A terminal in the container. It fills the height it is given. */
export function TerminalTab({ entry, there }: TerminalTabProps) {
  const { container: c } = entry;
  const { role, server } = useServer();
  const { phase } = useConnectionState();
  const engine = useEngines().find((e) => e.id === c.engine);
  const reason = reasonNot(c, { phase, role, server, engine, there });
  return <TerminalPane container={c.id} name={c.name} reason={reason} />;
}
