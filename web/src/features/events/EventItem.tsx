import { memo } from "react";
import { Link } from "wouter";
import type { Event } from "../../api/types.gen";
import { EventGlyph } from "../../components/event/EventGlyph";
import { eventView, kindOf, subjectOf } from "../../components/event/eventText";
import { containerPath } from "../../components/routes";
import { useLive } from "../../store/hooks";
import { EventTime } from "./EventTime";

interface EventItemProps {
  event: Event;
  /** Within a repetition that was opened. */
  nested?: boolean;
}

/** One event: to what, what, by whom, and when. */
export const EventItem = memo(function EventItem({ event, nested = false }: EventItemProps) {
  const { clientId } = useLive();
  const view = eventView(event);
  const kind = kindOf(event);
  const other = kind !== "container" && kind !== "exec";
  const by = event.by ? (event.by.client === clientId ? "you" : event.by.name) : null;
  return (
    <div
      className={`flex h-full items-start gap-2 py-1.5 pe-3 ${nested ? "ps-8" : "ps-3"}`}
      data-event={event.action}
      data-kind={event.kind}
    >
      <EventGlyph icon={view.icon} tone={view.tone} />
      <div className="min-w-0 flex-1">
        <div className="flex items-baseline justify-between gap-2">
          <EventSubject event={event} />
          <EventTime time={event.time} />
        </div>
        <div className="truncate text-sm text-text-2" title={view.words}>
          {other && `${event.kind} `}
          {view.words}
          {by !== null && <span title="Asked for in Quaywatch"> · by {by}</span>}
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

/** What it happened to; a container leads to its own view. */
export function EventSubject({ event }: { event: Event }) {
  const title = `${event.name}\n${event.id}`;
  if (event.kind !== "container") {
    return (
      <span className="truncate font-semibold" title={title}>
        {subjectOf(event)}
      </span>
    );
  }
  return (
    <Link
      href={containerPath(`${event.engine}/${event.id}`)}
      className="truncate rounded font-semibold hover:underline"
      title={title}
    >
      {subjectOf(event)}
    </Link>
  );
}
