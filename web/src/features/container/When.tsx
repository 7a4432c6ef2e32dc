import { formatAgo } from "../../components/format/duration";
import { formatExact, parseTime } from "../../components/format/time";
import { useTimedText } from "../../store/hooks";

/** A moment: exact, and how long ago by the server's clock. */
export function When({ time }: { time: string | null }) {
  const at = parseTime(time);
  const ago = useTimedText((now) => formatAgo(now - at));
  if (Number.isNaN(at) || time === null) return "not known";
  return (
    <time dateTime={time}>
      {formatExact(at).slice(0, 19)} <span className="text-text-3">{ago}</span>
    </time>
  );
}
