import { Button } from "../../components/Button";
import { formatExact, parseTime } from "../../components/format/time";
import { useServer } from "../../store/hooks";
import type { PastLog, PastView } from "../../store/past/pastLog";

/** How many lines there are, and how far back they reach. */
export function PastEnd({ log, view, lines }: { log: PastLog; view: PastView; lines: number }) {
  const { server } = useServer();
  const count = `${lines} ${lines === 1 ? "line" : "lines"}`;
  if (server?.history === null) return <span>{count} since Quaywatch has been listening; it keeps no history</span>;
  if (view.phase === "failed") {
    return (
      <span className="flex flex-wrap items-center gap-2" role="alert">
        {count}; older ones could not be read: {view.problem?.message}
        <Button onClick={() => log.retry()}>Try again</Button>
      </span>
    );
  }
  if (!view.whole) return <span>{count}, and older ones further down</span>;
  const oldest = parseTime(server?.history?.oldest);
  const since = Number.isNaN(oldest) ? undefined : `The history begins ${formatExact(oldest)}`;
  return <span title={since}>{count}: all that the history holds</span>;
}
