import { memo } from "react";
import type { Event } from "../../api/types.gen";
import { EventGlyph } from "../../components/event/EventGlyph";
import { eventView, kindOf, subjectOf } from "../../components/event/eventText";
import { formatExact, parseTime } from "../../components/format/time";
import { useTimedText } from "../../store/hooks";
import { whenText } from "./feed";

/** One event: to what, what, and when. */
export const EventItem = memo(function EventItem({ event }: { event: Event }) {
  const view = eventView(event);
  const at = parseTime(event.time);
  const kind = kindOf(event);
  const other = kind !== "container" && kind !== "exec";
  return (
    <div className="flex h-full items-start gap-2 px-3 py-1.5" data-event={event.action} data-kind={event.kind}>
      <EventGlyph icon={view.icon} tone={view.tone} />
      <div className="min-w-0 flex-1">
        <div className="flex items-baseline justify-between gap-2">
          <span className="truncate font-semibold" title={`${event.name}\n${event.id}`}>
            {subjectOf(event)}
          </span>
          <time className="shrink-0 text-xs text-text-3" dateTime={event.time} title={formatExact(at)}>
            <When time={event.time} />
          </time>
        </div>
        <div className="truncate text-sm text-text-2" title={view.words}>
          {other && `${event.kind} `}
          {view.words}
          {event.inferred && (
            <span
              className="ps-1.5 text-text-3"
              title="Inferred: nobody heard this happen. Quaywatch found it out by looking afterwards; the time is the engine's."
              data-inferred
            >
              · inferred
            </span>
          )}
        </div>
      </div>
    </div>
  );
});

/** How long ago, or when. Apart, so that a second passing draws no item anew. */
function When({ time }: { time: string }) {
  return useTimedText((now) => whenText(time, now));
}
