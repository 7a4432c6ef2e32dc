import type { Event } from "../../../api/types.gen";
import { subjectOf } from "../../../components/event/eventText";
import { containerPath } from "../../../components/routes";
import { aboutOf } from "./about";

const THEN = [
  { part: "charts", word: "Charts", what: "Charts around this moment" },
  { part: "logs", word: "Logs", what: "Logs around this moment" },
] as const;

/** The ways to the container as it was then. On a narrow screen the event's detail has these. */
export function Then({ event, tab }: { event: Event; tab: number }) {
  const key = aboutOf(event);
  if (key === null) return null;
  return THEN.map(({ part, word, what }) => (
    <a
      key={part}
      href={containerPath(key, part, event.time)}
      tabIndex={tab}
      className="rounded"
      title={what}
      aria-label={`${what}: ${subjectOf(event)}`}
    >
      {word}
    </a>
  ));
}
