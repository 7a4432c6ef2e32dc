import CalendarClock from "lucide-react/icons/calendar-clock";
import Radio from "lucide-react/icons/radio";
import { Link } from "wouter";
import { announce } from "../../components/Announcer";
import { dayText, sameDay } from "../../components/format/day";
import { formatAgo } from "../../components/format/duration";
import { formatClock, formatExact } from "../../components/format/time";
import { type ContainerTab, containerPath, EVENTS_PATH } from "../../components/routes";
import type { Moment } from "../../lib/moment";
import { useTimedText } from "../../store/hooks";

interface MomentBarProps {
  containerKey: string;
  tab: ContainerTab;
  moment: Moment;
  /** There is a container to go back to. */
  live: boolean;
}

const LINK = "text-accent hover:underline";

/** That a moment of the past is looked around, which one, and the way back to now. */
export function MomentBar({ containerKey, tab, moment, live }: MomentBarProps) {
  const { at, time } = moment;
  const when = useTimedText((now) => `${sameDay(at, now) ? "" : `${dayText(at, now)} `}${formatClock(at)}`);
  const ago = useTimedText((now) => (now < at ? "" : ` · ${formatAgo(now - at)}`));
  const around = tab === "charts" || tab === "logs";
  const backToLive = () => {
    announce("Back to live");
    // The link goes away with the bar: the focus stays with the part that is shown.
    document.querySelector<HTMLElement>('#main a[aria-current="page"]')?.focus();
  };
  return (
    <section
      aria-label="A moment of the past"
      data-testid="moment"
      className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line bg-accent-soft px-4 py-1.5"
    >
      <span className="flex items-center gap-2">
        <CalendarClock size={16} aria-hidden className="shrink-0 text-accent" />
        <span>
          {around ? (tab === "charts" ? "Charts around " : "Log around ") : "Come from "}
          <time dateTime={time} title={formatExact(at)} className="font-semibold">
            {when}
          </time>
          <span className="text-text-2">{ago}</span>
          {!around && live && "; what stands here is of now"}
        </span>
      </span>
      {tab !== "charts" && (
        <Link href={containerPath(containerKey, "charts", time)} className={LINK}>
          Charts then
        </Link>
      )}
      {tab !== "logs" && (
        <Link href={containerPath(containerKey, "logs", time)} className={LINK}>
          Log then
        </Link>
      )}
      <Link href={`${EVENTS_PATH}?around=${time.replace("+", "%2B")}`} className={LINK}>
        Events then
      </Link>
      {live && (
        <Link
          href={containerPath(containerKey, tab)}
          onClick={backToLive}
          className="ms-auto inline-flex h-7 shrink-0 items-center justify-center gap-1.5 rounded border border-line-strong bg-surface-1 px-2 text-sm whitespace-nowrap hover:bg-surface-2"
        >
          <Radio size={14} aria-hidden />
          Back to live
        </Link>
      )}
    </section>
  );
}
