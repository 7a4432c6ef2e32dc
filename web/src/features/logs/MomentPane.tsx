import "./screen/colors.css";
import "./screen/logs.css";
import { useEffect, useRef } from "react";
import { announce } from "../../components/Announcer";
import { Button } from "../../components/Button";
import { Prose } from "../../components/Prose";
import type { Moment } from "../../lib/moment";
import { useLive } from "../../store/hooks";
import { microsOf } from "../../store/past/identity";
import { LogLines } from "./LogLines";
import { LogToolbar } from "./LogToolbar";
import { momentCount, momentNote } from "./model/momentNote";
import { SelectionBar } from "./SelectionBar";
import { useLogKeys } from "./useLogKeys";
import { useMomentScreen } from "./useMomentScreen";

interface MomentPaneProps {
  /** ENGINE/ID */
  readonly containerKey: string;
  readonly title: string;
  readonly moment: Moment;
}

/** A container's log around a moment of the past: what was before it and after it, standing still. */
export function MomentPane({ containerKey, title, moment }: MomentPaneProps) {
  const { store } = useLive();
  const at = microsOf(moment.time);
  const { screen, log, state, earlier, later } = useMomentScreen(containerKey, at);
  const pane = useRef<HTMLElement>(null);
  const search = useRef<HTMLInputElement>(null);
  useLogKeys(screen, pane, search);
  const note = momentNote(state, at, store.serverNow() * 1000);
  const count = state.phase === "loading" ? "Reading the log…" : state.phase === "ready" ? momentCount(state) : "";
  useEffect(() => {
    if (state.phase === "ready") announce(momentCount(state));
  }, [state]);
  return (
    <section
      ref={pane}
      aria-label={`Log of ${title} around a moment`}
      className="@container flex h-full min-h-0 min-w-0 flex-1 flex-col bg-surface-1"
      data-testid="moment-log"
      data-phase={state.phase}
    >
      <LogToolbar screen={screen} search={search} title={`Logs of ${title}`} past />
      {state.phase === "failed" && (
        <div role="alert" className="flex flex-wrap items-center gap-2 border-b border-line bg-paused-soft px-4 py-2">
          <span className="min-w-0">
            <Prose text={state.problem} />
          </span>
          <Button onClick={() => void log.load()}>Try again</Button>
        </div>
      )}
      {/* Always there, so that what comes into it is read out. */}
      <p
        role="status"
        className={note === "" ? "sr-only" : "border-b border-line px-4 py-1.5 text-text-2"}
        data-testid="moment-note"
      >
        {note}
      </p>
      <div className="relative flex min-h-0 flex-1 flex-col">
        <LogLines screen={screen} title={title} />
        <SelectionBar screen={screen} />
      </div>
      <footer className="flex min-h-8 shrink-0 flex-wrap items-center gap-2 border-t border-line ps-3 pe-1 text-xs text-text-3">
        <span className="min-w-0 truncate" data-testid="moment-count">
          {count}
        </span>
        <span className="ms-auto flex gap-1">
          {state.moreBefore && (
            <Button tone="quiet" className="h-6" disabled={state.phase === "loading"} onClick={earlier}>
              Earlier lines
            </Button>
          )}
          {state.moreAfter && (
            <Button tone="quiet" className="h-6" disabled={state.phase === "loading"} onClick={later}>
              Later lines
            </Button>
          )}
        </span>
      </footer>
    </section>
  );
}
