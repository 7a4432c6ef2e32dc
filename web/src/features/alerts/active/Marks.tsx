import BellOff from "lucide-react/icons/bell-off";
import UserCheck from "lucide-react/icons/user-check";
import type { Alert, AlertMark } from "../../../api/types.gen";
import { formatExact, formatHourMinute, parseTime } from "../../../components/format/time";
import { Ago } from "../Ago";

/** Who looks after an alert, and who wants to hear nothing of it until when. */
export function Marks({ alert: a }: { alert: Alert }) {
  return (
    <>
      {a.acknowledged && (
        <p className="flex min-w-0 items-baseline gap-1.5 text-sm text-text-2" data-mark="acknowledged">
          <UserCheck size={14} aria-hidden className="shrink-0 self-center text-running" />
          <span className="min-w-0 wrap-anywhere">
            Acknowledged by {a.acknowledged.by.name || "somebody"}, <Ago time={a.acknowledged.at} />
            {a.acknowledged.note && <>: “{a.acknowledged.note}”</>}
          </span>
        </p>
      )}
      {a.snoozed && (
        <p className="flex min-w-0 items-baseline gap-1.5 text-sm text-text-2" data-mark="snoozed">
          <BellOff size={14} aria-hidden className="shrink-0 self-center text-text-3" />
          <span className="min-w-0">
            Snoozed until <Until mark={a.snoozed} /> by {a.snoozed.by.name || "somebody"}
          </span>
        </p>
      )}
    </>
  );
}

/** The time of day, with the day where it is another one. */
function Until({ mark }: { mark: AlertMark }) {
  const at = parseTime(mark.until);
  if (mark.until === null || Number.isNaN(at)) return <>somebody wakes it</>;
  const day = new Date(at).toDateString() === new Date().toDateString() ? "" : `${formatExact(at).slice(5, 10)} `;
  return (
    <time dateTime={mark.until} title={formatExact(at)}>
      {day}
      {formatHourMinute(at)}
    </time>
  );
}
