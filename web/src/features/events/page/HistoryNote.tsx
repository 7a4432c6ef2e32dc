import TriangleAlert from "lucide-react/icons/triangle-alert";
import { formatHourMinute, parseTime } from "../../../components/format/time";
import { useServer } from "../../../store/hooks";

/** Why what is listed may lack something: the history is not kept, or paused. */
export function HistoryNote() {
  const { server } = useServer();
  if (server === null) return null;
  const text = textOf(server.history);
  if (text === "") return null;
  return (
    <p
      role="status"
      data-testid="history-note"
      className="flex shrink-0 items-start gap-2 border-b border-line bg-paused-soft px-4 py-1.5"
    >
      <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0 text-paused" />
      <span className="min-w-0 wrap-anywhere">{text}</span>
    </p>
  );
}

type History = NonNullable<ReturnType<typeof useServer>["server"]>["history"];

function textOf(history: History): string {
  if (history === null) return "This server keeps no history: what is listed came since this page has been listening.";
  if (history.state === "opening") return "The history is being opened…";
  if (history.state !== "paused") return "";
  const since = formatHourMinute(parseTime(history.since));
  return `The history is paused since ${since}: ${history.reason} What happens meanwhile is kept in memory and written as soon as that is possible.`;
}
