import Coffee from "lucide-react/icons/coffee";
import { formatHourMinute } from "../../components/format/time";

/** The line between what the user had seen and what came while nobody looked. */
export function AwayItem({ since, until }: { since: number; until: number }) {
  return (
    <div className="flex h-full items-center gap-2 bg-accent-soft px-3 text-sm" data-event="away">
      <Coffee size={14} aria-hidden className="shrink-0 text-accent" />
      <span className="truncate" title="What stands above happened while you were away">
        Away {formatHourMinute(since)} to {formatHourMinute(until)}: above
      </span>
    </div>
  );
}
