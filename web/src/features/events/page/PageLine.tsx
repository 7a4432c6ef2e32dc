// biome-ignore-all lint/a11y/useSemanticElements: rows of a table can't be taken out of its flow, as a window of many needs
// biome-ignore-all lint/a11y/useFocusableInteractive: rows have the grid's roving focus, cells have none of their own
import { memo } from "react";
import { EventGlyph } from "../../../components/event/EventGlyph";
import { eventView, subjectOf } from "../../../components/event/eventText";
import { formatClock, formatExact } from "../../../components/format/time";
import { containerPath } from "../../../components/routes";
import type { Known } from "../../../store/past/identity";
import { projectOf } from "../../../store/past/matching";
import { wordsOf } from "../eventPainter";
import { Then } from "./Then";

interface PageLineProps {
  row: Known | { readonly kind: "nested"; readonly key: string; readonly event: Known["event"]; readonly at: number };
  index: number;
  top: number;
  active: boolean;
  narrow: boolean;
  /** Its detail is shown. */
  shown: boolean;
  /** The moment that is looked around. */
  marked: boolean;
  /** Who asked, in words; "" for nobody that is known. */
  by: string;
  why: string;
}

/** One event. The element belongs to a slot of the window: scrolling gives it another event. */
export const PageLine = memo(function PageLine({
  row,
  index,
  top,
  active,
  narrow,
  shown,
  marked,
  by,
  why,
}: PageLineProps) {
  const { event } = row;
  const { icon, tone } = eventView(event);
  const ms = row.at / 1000;
  const nested = row.kind === "nested";
  const words = wordsOf(event);
  return (
    <div
      role="row"
      className={`qw-row qw-events-row ${marked ? "qw-events-marked" : ""}`}
      aria-rowindex={index + 2}
      aria-current={shown || undefined}
      tabIndex={active ? 0 : -1}
      data-line={row.key}
      data-event={event.action}
      data-kind={event.kind}
      data-name={event.name}
      data-time={event.time}
      data-nested={nested || undefined}
      data-marked={marked || undefined}
      style={{ top }}
    >
      <span role="gridcell" className="qw-events-time" title={formatExact(ms)}>
        {formatClock(ms)}
      </span>
      <EventGlyph icon={icon} tone={tone} />
      <span role="gridcell" className="qw-events-subject">
        <Subject event={event} tab={active ? 0 : -1} />
      </span>
      <span role="gridcell" className="qw-events-words" title={why === "" ? words : `${words}: ${why}`}>
        <span className={tone === "bad" ? "text-bad" : "text-text-1"}>{words}</span>
        {event.inferred && (
          <span
            className="text-text-3"
            title="Inferred: nobody heard this happen. Quaywatch found it out by looking afterwards; the time is the engine’s."
            data-inferred
          >
            {" "}
            · inferred
          </span>
        )}
        {why !== "" && <span className="text-text-3"> · {why}</span>}
      </span>
      {!narrow && (
        <span role="gridcell" className="truncate text-text-2" title={projectOf(event)}>
          {projectOf(event)}
        </span>
      )}
      <span role="gridcell" className="qw-events-by" title={by === "" ? undefined : `Asked of Quaywatch by ${by}`}>
        {by}
      </span>
      {!narrow && (
        <span role="gridcell" className="qw-events-then">
          <Then event={event} tab={active ? 0 : -1} />
        </span>
      )}
    </div>
  );
});

function Subject({ event, tab }: { event: Known["event"]; tab: number }) {
  const name = subjectOf(event);
  const own = event.kind === "container" || event.kind === "state";
  if (!own || event.id === "") return <span title={`${event.name}\n${event.id}`}>{name}</span>;
  return (
    <a
      href={containerPath(`${event.engine}/${event.id}`, "overview", event.time)}
      tabIndex={tab}
      className="rounded hover:underline"
      title={`${event.name}\n${event.id}`}
    >
      {name}
    </a>
  );
}
