import Coffee from "lucide-react/icons/coffee";
import X from "lucide-react/icons/x";
import { useMemo, useSyncExternalStore } from "react";
import { Button } from "../../components/Button";
import { useChoices } from "../../components/choices";
import { kindOf } from "../../components/event/eventText";
import { formatHourMinute, parseTime } from "../../components/format/time";
import { useLiveEvents } from "../../store/hooks";
import { absence } from "./absence";
import { showSince } from "./feedPlace";
import { kindChoices } from "./feedPreferences";

/** How much happened while nobody looked, and the way to it. */
export function AwayBar() {
  const away = useSyncExternalStore(absence.subscribe, absence.get);
  const { rows } = useLiveEvents();
  const kinds = useChoices(kindChoices);
  const count = useMemo(() => {
    if (away === null) return 0;
    return rows.reduce((n, row) => {
      if (row.kind === "gap" || !kinds.has(kindOf(row.event))) return n;
      const at = parseTime(row.event.time);
      return n + Number(at > away.since && at <= away.until);
    }, 0);
  }, [away, rows, kinds]);
  if (away === null || count === 0) return null;

  const show = () => {
    showSince(away);
    absence.clear();
    requestAnimationFrame(() => document.getElementById("events")?.focus());
  };
  return (
    <div
      role="status"
      data-banner="away"
      className="flex shrink-0 items-center gap-2 border-b border-line bg-accent-soft py-1 ps-3 pe-2 text-sm print:hidden"
    >
      <Coffee size={16} aria-hidden className="shrink-0 text-accent" />
      <p className="min-w-0 flex-1">
        <strong className="font-semibold">
          While you were away: {count} {count === 1 ? "event" : "events"}
        </strong>{" "}
        <span className="text-text-2">
          {formatHourMinute(away.since)} to {formatHourMinute(away.until)}
        </span>
      </p>
      <Button onClick={show}>Show</Button>
      <Button tone="quiet" className="px-1" aria-label="Dismiss" onClick={absence.clear}>
        <X size={16} aria-hidden />
      </Button>
    </div>
  );
}
