import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import { useLive } from "../../store/hooks";
import { EndedBar } from "./EndedBar";
import { LeaveDialog } from "./LeaveDialog";
import { LinkDialog } from "./LinkDialog";
import { StartForm } from "./StartForm";
import { Seat } from "./seat";
import { TerminalToolbar } from "./TerminalToolbar";

interface TerminalPaneProps {
  /** The container's id and name. */
  readonly container: string;
  readonly name: string;
  /** Why no terminal can be opened now, or null. One that is open stays. */
  readonly reason: string | null;
}

/** What is to be run, then the terminal in which it runs, then how it ended. */
export function TerminalPane({ container, name, reason }: TerminalPaneProps) {
  const { sockets } = useLive();
  const [seat] = useState(() => new Seat(sockets, container, name));
  const state = useSyncExternalStore(seat.subscribe, seat.get);
  const host = useRef<HTMLDivElement>(null);
  const toolbar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    seat.onLeaveKey = () => toolbar.current?.querySelector<HTMLElement>("button:not(:disabled), select")?.focus();
    return () => seat.dispose();
  }, [seat]);
  // Before anything can be typed: a key that comes too early would be the page's.
  useLayoutEffect(() => {
    if (state.run > 0 && host.current) seat.begin(host.current);
  }, [seat, state.run]);
  const idle = state.phase === "idle";
  return (
    <div className="flex min-h-0 flex-1 flex-col" data-terminal={state.phase}>
      {idle ? (
        <StartForm name={name} reason={reason} first={seat.wanted} onStart={(wanted) => seat.start(wanted)} />
      ) : (
        <TerminalToolbar seat={seat} state={state} toolbar={toolbar} />
      )}
      <div
        ref={host}
        className={`qw-terminal relative min-h-40 flex-1 overflow-hidden bg-surface-1 ${idle ? "invisible h-0 min-h-0" : ""}`}
      />
      {state.phase === "ended" && state.ended && (
        <EndedBar ended={state.ended} reason={reason} onAgain={() => seat.start(seat.wanted)} />
      )}
      <LeaveDialog open={state.leaving} name={name} onAnswer={(leave) => seat.answer(leave)} />
      <LinkDialog address={state.link} onClose={() => seat.closeLink()} />
    </div>
  );
}
