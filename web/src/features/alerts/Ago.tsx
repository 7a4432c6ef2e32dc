import { formatAgo, formatDuration } from "../../components/format/duration";
import { formatExact, parseTime } from "../../components/format/time";
import { useTimedText } from "../../store/hooks";

interface AgoProps {
  time: string | null;
  /** age: "4 min", how long it has been; otherwise "4 min ago". */
  age?: boolean;
}

/** How long ago a moment was, by the server's clock; the moment itself in the title. */
export function Ago({ time, age = false }: AgoProps) {
  const at = parseTime(time);
  const text = useTimedText((now) => (age ? formatDuration(now - at) : formatAgo(now - at)));
  if (time === null || Number.isNaN(at)) return <span className="text-text-3">—</span>;
  return (
    <time dateTime={time} title={formatExact(at)}>
      {text}
    </time>
  );
}
