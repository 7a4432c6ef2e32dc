import X from "lucide-react/icons/x";
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { Event } from "../../../api/types.gen";
import { Button } from "../../../components/Button";
import { CopyButton } from "../../../components/CopyButton";
import { EventGlyph } from "../../../components/event/EventGlyph";
import { eventView, subjectOf } from "../../../components/event/eventText";
import { formatExact, parseTime } from "../../../components/format/time";
import { containerPath, EVENTS_PATH } from "../../../components/routes";
import { Facts } from "../../../components/sections/Facts";
import { useEngines, useLiveContainer } from "../../../store/hooks";
import { projectOf } from "../../../store/past/matching";
import { wordsOf } from "../eventPainter";
import { aboutOf } from "./about";
import { EVERYTHING, searchOf, withFacet } from "./query";

interface DetailPanelProps {
  event: Event;
  by: string;
  why: string;
  onClose: () => void;
}

/** All that is known of one event. */
export function DetailPanel({ event, by, why, onClose }: DetailPanelProps) {
  const { icon, tone } = eventView(event);
  const at = parseTime(event.time);
  const engines = useEngines();
  const engine = engines.find((e) => e.id === event.engine)?.name || event.engine;
  const attributes = Object.entries(event.attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    <aside
      aria-label="Detail of the event"
      data-testid="event-detail"
      className="flex shrink-0 flex-col border-line bg-surface-1 max-lg:h-1/2 max-lg:border-t lg:w-96 lg:border-s"
    >
      <div className="flex min-h-11 shrink-0 items-center gap-2 border-b border-line ps-4 pe-2">
        <EventGlyph icon={icon} tone={tone} />
        <h2 className="min-w-0 flex-1 truncate text-base font-semibold">
          {subjectOf(event)} {wordsOf(event)}
        </h2>
        <Button tone="quiet" className="px-1" aria-label="Close the detail" title="Esc" onClick={onClose}>
          <X size={16} aria-hidden />
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="min-h-0 flex-1 overflow-y-auto px-4 py-3" tabIndex={0} aria-label="What is known of it">
        {why !== "" && <p className="mb-3">{why}</p>}
        {event.inferred && (
          <p className="mb-3 text-text-2">
            Inferred: nobody heard this happen. Quaywatch found it out by looking afterwards; the time is the engine’s,
            where it told one.
          </p>
        )}
        <Facts
          facts={[
            { name: "Time", value: <time dateTime={event.time}>{formatExact(at)}</time> },
            { name: "Kind", value: event.kind },
            { name: "Action", value: event.action },
            ...(event.detail === "" ? [] : [{ name: "Detail", value: <Mono>{event.detail}</Mono> }]),
            ...(event.name === "" ? [] : [{ name: "Name", value: event.name }]),
            ...(event.id === "" ? [] : [{ name: "ID", value: <Mono>{event.id}</Mono> }]),
            ...(by === "" ? [] : [{ name: "Asked by", value: by }]),
            ...(engine === "" ? [] : [{ name: "Engine", value: engine }]),
          ]}
        />
        {attributes.length > 0 && (
          <>
            <h3 className="mt-4 mb-1 font-semibold text-text-2">Attributes</h3>
            <dl>
              {attributes.map(([name, value]) => (
                <div key={name} className="mb-1.5" data-attribute={name}>
                  <dt className="text-sm break-all text-text-3">{name}</dt>
                  <dd>{value === "" ? <span className="text-text-3">empty</span> : <Mono>{value}</Mono>}</dd>
                </div>
              ))}
            </dl>
          </>
        )}
        <Ways event={event} />
      </section>
      <div className="flex shrink-0 flex-wrap gap-2 border-t border-line px-4 py-2">
        <CopyButton label="Copy as JSON" text={() => JSON.stringify(event, null, 2)} />
      </div>
    </aside>
  );
}

function Mono({ children }: { children: ReactNode }) {
  return <span className="font-mono text-sm break-all">{children}</span>;
}

const LINK = "text-accent hover:underline";

/** Where one goes from here: what else was then, and to the container, which may be gone. */
function Ways({ event }: { event: Event }) {
  const key = aboutOf(event);
  const about = key?.slice(key.indexOf("/") + 1) ?? "";
  const entry = useLiveContainer(key ?? "");
  const name = entry?.container.name ?? (event.kind === "container" ? event.name : event.attributes["containerName"]);
  const project = projectOf(event);
  return (
    <ul className="mt-4 flex flex-col gap-1" aria-label="From here">
      <li>
        <Link className={LINK} href={`${EVENTS_PATH}?${searchOf({ ...EVERYTHING, around: event.time })}`}>
          What else was around this moment
        </Link>
      </li>
      {key !== null && (
        <>
          <li>
            <Link
              className={LINK}
              href={`${EVENTS_PATH}?${searchOf(withFacet(EVERYTHING, "container", [about.slice(0, 12)]))}`}
            >
              All events of {name || about.slice(0, 12)}
            </Link>
          </li>
          <li>
            <Link className={LINK} href={containerPath(key)}>
              {entry ? `Container ${entry.container.name}` : "The container, as it is remembered"}
            </Link>
          </li>
          <li>
            <Link className={LINK} href={containerPath(key, "charts", event.time)}>
              Its charts around this moment
            </Link>
          </li>
          {entry && (
            <li>
              <Link className={LINK} href={containerPath(key, "logs", event.time)}>
                Its log around this moment
              </Link>
            </li>
          )}
        </>
      )}
      {project !== "" && (
        <li>
          <Link className={LINK} href={`${EVENTS_PATH}?${searchOf(withFacet(EVERYTHING, "project", [project]))}`}>
            All events of project {project}
          </Link>
        </li>
      )}
    </ul>
  );
}
