import { formatAgo } from "../../components/format/duration";
import { formatExact, parseTime } from "../../components/format/time";
import { useTimedText } from "../../store/hooks";

/** How long ago a moment was, by the server's clock; the moment itself in the title. */
export function Ago({ time }: { time: string | null }) {
  const at = parseTime(time);
  const ago = useTimedText((now) => formatAgo(now - at));
  if (time === null || Number.isNaN(at)) return <span className="text-text-3">—</span>;
  return (
    <time dateTime={time} title={formatExact(at).slice(0, 19)}>
      {ago}
    </time>
  );
}
