import { Button } from "../../../components/Button";
import { dayText } from "../../../components/format/day";
import { formatHourMinute, parseTime } from "../../../components/format/time";
import { useServer } from "../../../store/hooks";
import type { PastLog, PastView } from "../../../store/past/pastLog";

interface EndLineProps {
  log: PastLog;
  view: PastView;
  /** It waits to be asked to read on. */
  paused: boolean;
}

/** The last line: that there is more to come, that it can't be had, or that this was all. */
export function EndLine({ log, view, paused }: EndLineProps) {
  const { server } = useServer();
  const oldest = server?.history?.oldest ?? null;
  if (server?.history === null) return <span>What was before is not known here.</span>;
  if (view.phase === "failed") {
    return (
      <>
        <span className="min-w-0 truncate" role="alert" title={view.problem?.message}>
          Older events could not be read: {view.problem?.message}
        </span>
        <Button onClick={() => log.retry()}>Try again</Button>
      </>
    );
  }
  if (view.whole) {
    const at = parseTime(oldest);
    const since = Number.isNaN(at) ? "" : ` The history begins ${dayText(at)} ${formatHourMinute(at)}.`;
    return <span data-testid="list-end">That is all.{since}</span>;
  }
  if (paused) return <Button onClick={() => log.older()}>Show older</Button>;
  return <span role="status">Loading older…</span>;
}
