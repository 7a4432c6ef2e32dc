// biome-ignore-all lint/a11y/useSemanticElements: rows of a table can't be taken out of its flow, as a window of many needs
// biome-ignore-all lint/a11y/useFocusableInteractive: rows have the grid's roving focus, cells have none of their own
import ChevronDown from "lucide-react/icons/chevron-down";
import ChevronRight from "lucide-react/icons/chevron-right";
import Unplug from "lucide-react/icons/unplug";
import type { ReactNode } from "react";
import { EventGlyph } from "../../../components/event/EventGlyph";
import { subjectOf } from "../../../components/event/eventText";
import { formatClock, formatExact } from "../../../components/format/time";
import type { Known } from "../../../store/past/identity";
import type { FoldRow } from "../fold";
import type { GapRow } from "./rows";
import { Then } from "./Then";

interface Place {
  index: number;
  top: number;
  active: boolean;
}

interface FoldLineProps extends Place {
  row: FoldRow<Known>;
  open: boolean;
  narrow: boolean;
}

/** What repeated itself, in one line that opens. */
export function FoldLine({ row, open, narrow, index, top, active }: FoldLineProps) {
  const newest = row.rows[0];
  if (!newest) return null;
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <div
      role="row"
      className="qw-row qw-events-row"
      aria-rowindex={index + 2}
      aria-expanded={open}
      tabIndex={active ? 0 : -1}
      data-line={row.key}
      data-event="fold"
      data-count={row.rows.length}
      data-name={newest.event.name}
      style={{ top }}
    >
      <span role="gridcell" className="qw-events-time" title={formatExact(newest.at / 1000)}>
        {formatClock(newest.at / 1000)}
      </span>
      <EventGlyph icon={row.icon} tone={row.tone} />
      <span role="gridcell" className="qw-events-subject flex items-center gap-1">
        <span className="truncate">{subjectOf(newest.event)}</span>
        <Chevron size={14} aria-hidden className="shrink-0 text-text-3" />
      </span>
      <span role="gridcell" className="qw-events-words" title={`${row.rows.length} events: ${row.words}`}>
        {row.words} <span className="text-text-3">· {row.rows.length} events</span>
      </span>
      {!narrow && (
        <span role="gridcell" className="qw-events-then">
          <Then event={newest.event} tab={active ? 0 : -1} />
        </span>
      )}
    </div>
  );
}

/** A place where events are, or may be, missing. */
export function GapLine({ row, index, top, active }: Place & { row: GapRow }) {
  return (
    <div
      role="row"
      className="qw-row qw-events-row qw-gap"
      aria-rowindex={index + 2}
      tabIndex={active ? 0 : -1}
      data-line={row.key}
      data-event={row.event.action}
      data-kind={row.event.kind}
      data-gap
      style={{ top }}
    >
      <span role="gridcell" className="qw-events-time" title={formatExact(row.at / 1000)}>
        {formatClock(row.at / 1000)}
      </span>
      <Unplug size={14} aria-hidden className="text-paused" />
      <span role="gridcell" className="qw-events-between" title={`${row.title}: ${row.detail}`}>
        <span className="font-semibold">{row.title}</span>
        <span className="text-text-2"> {row.detail}</span>
      </span>
    </div>
  );
}

/** A line that is no event: a day begins, or the list ends. */
export function PlainLine({
  row,
  index,
  top,
  active,
  children,
}: Place & { row: { kind: string; key: string }; children: ReactNode }) {
  return (
    <div
      role="row"
      className={`qw-row flex items-center gap-2 px-4 ${row.kind === "day" ? "bg-surface-0 font-semibold text-text-2" : "justify-center text-text-2"}`}
      aria-rowindex={index + 2}
      tabIndex={active ? 0 : -1}
      data-line={row.key}
      data-plain={row.kind}
      style={{ top }}
    >
      <span role="gridcell" className="flex min-w-0 items-center gap-2">
        {children}
      </span>
    </div>
  );
}
