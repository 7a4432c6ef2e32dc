import Unplug from "lucide-react/icons/unplug";
import { memo } from "react";
import type { Event } from "../../api/types.gen";
import { EventGlyph } from "../../components/event/EventGlyph";
import { eventView } from "../../components/event/eventText";
import { dayText, sameDay } from "../../components/format/day";
import { formatAgo } from "../../components/format/duration";
import { formatClock, formatExact, parseTime } from "../../components/format/time";
import { MomentLinks } from "../../components/sections/MomentLinks";
import { useTimedText } from "../../store/hooks";
import type { LogLine } from "./model/log";

interface EventLineProps {
  line: LogLine;
  /** Whose events these are, ENGINE/ID. */
  containerKey: string;
}

/** When, what, and why, and the way to how the container was then. */
export const EventLine = memo(function EventLine({ line: { row, why }, containerKey }: EventLineProps) {
  if (row.kind === "gap") {
    const when = row.since === null ? "" : ` ${formatClock(row.since)} to ${formatClock(row.until ?? row.since)}`;
    const lost = row.lost === 0 ? "nothing of it is missing" : "events may be missing here";
    const live = row.reason === "restart" ? "The server was started anew" : "The connection was lost";
    return (
      <div className="qw-gap flex items-center gap-3 px-4 py-2 text-sm text-text-2" data-event="gap">
        <Unplug size={14} aria-hidden className="shrink-0 text-paused" />
        <span>
          {row.told || live}
          {when}: {lost}
        </span>
      </div>
    );
  }
  const { event } = row;
  const view = eventView(event);
  const at = parseTime(event.time);
  const words = event.kind === "container" ? view.words : asideWords(event, view.words);
  return (
    <div
      className="grid grid-cols-[16px_minmax(0,1fr)] items-start gap-x-3 px-4 py-1.5 md:grid-cols-[16px_176px_240px_minmax(0,1fr)_auto]"
      data-event={event.action}
    >
      <EventGlyph icon={view.icon} tone={view.tone} />
      <time dateTime={event.time} title={formatExact(at)} className="text-sm/5 whitespace-nowrap text-text-3">
        <Clock at={at} /> · <Ago at={at} />
      </time>
      <span className="font-semibold first-letter:uppercase max-md:col-start-2">
        {words}
        {event.inferred && (
          <span className="font-normal text-text-3" title="Nobody heard this happen; the time is the engine’s.">
            {" "}
            · inferred
          </span>
        )}
      </span>
      {why && (
        <span className="text-text-2 max-md:col-start-2" data-why={why.cause}>
          {why.text}
        </span>
      )}
      <span className="max-md:col-start-2 md:col-start-5">
        <MomentLinks containerKey={containerKey} of={words} time={event.time} />
      </span>
    </div>
  );
});

/** What happened to something else, as it concerns this container. */
function asideWords(e: Event, words: string): string {
  if (e.kind === "network" && e.action === "connect") return `joined network ${e.name}`;
  if (e.kind === "network" && e.action === "disconnect") return `left network ${e.name}`;
  // Here it goes without saying which container.
  if (e.kind === "volume" && (e.action === "mount" || e.action === "unmount")) return `volume ${e.name} ${e.action}ed`;
  return `${e.kind} ${e.name} ${words}`;
}

/** The time of day, and before it the day where that is another one. */
function Clock({ at }: { at: number }) {
  return useTimedText((now) => (sameDay(at, now) ? formatClock(at) : `${dayText(at, now)} ${formatClock(at)}`));
}

function Ago({ at }: { at: number }) {
  return useTimedText((now) => formatAgo(now - at));
}
