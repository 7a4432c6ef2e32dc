// biome-ignore-all lint/a11y/useSemanticElements: rows of a table can't be taken out of its flow, as a window of 10,000 needs
// biome-ignore-all lint/a11y/useFocusableInteractive: rows have the grid's roving focus, cells have none of their own
import ChevronDown from "lucide-react/icons/chevron-down";
import ChevronRight from "lucide-react/icons/chevron-right";
import { useLayoutEffect, useRef } from "react";
import type { Layout } from "./columns";
import type { GroupLine } from "./model/lines";
import type { Place } from "./model/places";
import type { Painter } from "./painter";

interface GroupRowProps {
  group: GroupLine;
  index: number;
  top: number;
  layout: Layout;
  painter: Painter;
  active: boolean;
  /** Set when several engines are watched. */
  engineName: string | null;
  onToggle: (key: string, collapsed: boolean) => void;
}

/** A Compose project's heading with the sums of its containers; a click folds it. */
export function GroupRow({ group, index, top, layout, painter, active, engineName, onToggle }: GroupRowProps) {
  const row = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other columns are other elements to write
  useLayoutEffect(() => {
    const el = row.current;
    if (!el) return;
    painter.bind(el, group);
    return () => painter.release(el);
  }, [painter, group, layout.columns]);

  const cpu = layout.columns.findIndex((c) => c.id === "cpu");
  const mem = layout.columns.findIndex((c) => c.id === "mem");
  const Chevron = group.collapsed ? ChevronRight : ChevronDown;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid hears the keys of all its rows
    <div
      ref={row}
      role="row"
      className="qw-row"
      aria-rowindex={index + 2}
      aria-expanded={!group.collapsed}
      tabIndex={active ? 0 : -1}
      data-kind="group"
      data-line={group.key}
      data-group={group.project}
      style={{ top }}
      onClick={() => onToggle(group.key, !group.collapsed)}
    >
      <div
        role="gridcell"
        aria-colindex={1}
        className="absolute inset-y-0 start-2 flex min-w-0 items-center gap-1.5"
        style={{ insetInlineEnd: `calc(100% - ${layout.places[cpu]?.insetInlineStart ?? "100%"})` }}
      >
        <Chevron size={16} aria-hidden className="shrink-0" />
        <span className="qw-name truncate font-semibold text-text-1">{group.project || "No project"}</span>
        {engineName !== null && <span className="truncate">{engineName}</span>}
        <span className="shrink-0 ps-1">
          {group.running} of {group.members.length} running
        </span>
      </div>
      <Sum
        column="cpu"
        index={cpu}
        place={layout.places[cpu]}
        title="CPU of the whole project, in percent of one core"
      />
      <Sum column="mem" index={mem} place={layout.places[mem]} title="Memory of the whole project" />
    </div>
  );
}

interface SumProps {
  column: "cpu" | "mem";
  index: number;
  place: Place | undefined;
  title: string;
}

/** A sum, under its column's head. The painter writes it. */
function Sum({ column, index, place, title }: SumProps) {
  return (
    <div
      role="gridcell"
      className="qw-cell"
      aria-colindex={index + 1}
      data-col={column}
      data-num
      data-live={column}
      data-keep-title
      title={title}
      style={place}
    >
      <span className="qw-value text-text-1" />
      <span className="qw-unit" />
      {column === "mem" && <span className="qw-share" />}
    </div>
  );
}
