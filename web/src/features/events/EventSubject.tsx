import { Link } from "wouter";
import type { Event } from "../../api/types.gen";
import { subjectOf } from "../../components/event/eventText";
import { containerPath } from "../../components/routes";

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
      href={containerPath(`${event.engine}/${event.id}`, "overview", event.time)}
      className="truncate rounded font-semibold hover:underline"
      title={title}
    >
      {subjectOf(event)}
    </Link>
  );
}
