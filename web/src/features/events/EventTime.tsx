import { formatExact, parseTime } from "../../components/format/time";
import { whenText } from "../../components/format/when";
import { useTimedText } from "../../store/hooks";

/** When an event was, by the server's clock. */
export function EventTime({ time }: { time: string }) {
  const at = parseTime(time);
  return (
    <time className="shrink-0 text-xs text-text-3" dateTime={time} title={formatExact(at)}>
      <When at={at} />
    </time>
  );
}

/** Apart, so that a second passing draws no item anew. */
function When({ at }: { at: number }) {
  return useTimedText((now) => whenText(at, now));
}
