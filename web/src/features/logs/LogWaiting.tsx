import { Button } from "../../components/Button";
import type { LogScreen } from "./screen/logScreen";
import { useLogSources, useLogState, useLogTaken } from "./useLogState";

/** What stands where there are no lines. */
export function LogWaiting({ screen }: { screen: LogScreen }) {
  const kept = useLogState(screen, (s) => s.kept);
  const shown = useLogState(screen, (s) => s.shown);
  const searching = useLogState(screen, (s) => s.searching);
  const sources = useLogSources(screen);
  const taken = useLogTaken(screen);
  if (taken) {
    return (
      <div className="absolute inset-x-0 bottom-3 z-2 mx-auto flex w-fit items-center gap-3 rounded border border-line-strong bg-surface-1 px-3 py-2 text-sm">
        Another log was opened, and there is one at a time.
        <Button onClick={() => screen.session.reopen()}>Follow this one</Button>
      </div>
    );
  }
  if (shown > 0 || searching) return null;
  const unheard = sources.every((s) => s.phase === null);
  return (
    <p className={`absolute inset-x-0 top-10 px-4 text-center text-sm text-text-2 ${unheard ? "qw-late" : ""}`}>
      {kept > 0
        ? "No line of those kept here is shown: the search or the chosen containers leave none."
        : unheard
          ? "Waiting for the log…"
          : "Nothing has been written yet. What the container writes to its standard output or error shows here at once."}
    </p>
  );
}
