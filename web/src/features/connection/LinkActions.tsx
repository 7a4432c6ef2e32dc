import { Button } from "../../components/Button";
import { useLive } from "../../store/hooks";
import type { ConnectionState } from "../../transport/connection";
import { Countdown } from "./Countdown";
import { PillActionButton } from "./PillActionButton";
import { isUp, type PillState, type PillView } from "./pillView";

interface LinkActionsProps {
  /** The view of the link alone: what the engine does can't be mended from here. */
  view: PillView;
  state: ConnectionState;
}

/** Where nothing goes on that could be ended. */
const OVER: ReadonlySet<PillState> = new Set(["closed", "signin", "update"]);

/** What can be done about the link by hand. */
export function LinkActions({ view, state }: LinkActionsProps) {
  const { connection } = useLive();
  const reconnect = () => {
    connection.disconnect();
    connection.connect();
  };
  return (
    <div className="mt-2.5 flex flex-wrap items-center gap-1.5">
      {view.action && <PillActionButton action={view.action} />}
      {view.state === "polling" && <Button onClick={() => connection.retry()}>Try WebSocket now</Button>}
      {(isUp(view.state) || view.state === "silent") && view.state !== "polling" && (
        <Button onClick={reconnect}>Reconnect</Button>
      )}
      {!OVER.has(view.state) && <Button onClick={() => connection.disconnect()}>Disconnect</Button>}
      {state.nextProbeAt !== null && (
        <span className="text-sm text-text-2">
          Next try
          <Countdown at={state.nextProbeAt} />
        </span>
      )}
      {view.retryAt !== null && (
        <span className="text-sm text-text-2">
          Next try
          <Countdown at={view.retryAt} />
        </span>
      )}
    </div>
  );
}
