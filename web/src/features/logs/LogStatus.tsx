import { countText, linesText } from "./model/countText";
import { NewLines } from "./NewLines";
import type { LogScreen } from "./screen/logScreen";
import { useLogSources, useLogState } from "./useLogState";

/** One line on how the log is, and the way back to its end. */
export function LogStatus({ screen }: { screen: LogScreen }) {
  const following = useLogState(screen, (s) => s.following);
  const kept = useLogState(screen, (s) => s.kept);
  const shown = useLogState(screen, (s) => s.shown);
  const sources = useLogSources(screen);
  const ended = sources.length > 0 && sources.every((s) => s.phase === "ended" || s.phase === "failed");
  return (
    <footer className="flex h-8 shrink-0 items-center gap-2 border-t border-line ps-3 pe-1 text-xs text-text-3">
      <span className={following && !ended ? "text-running" : "text-text-2"} data-testid="log-state">
        {!following ? "Paused" : ended ? "Ended" : "Following"}
      </span>
      <span className="truncate">{shown === kept ? linesText(kept) : `${countText(shown)} of ${linesText(kept)}`}</span>
      <NewLines screen={screen} />
    </footer>
  );
}
