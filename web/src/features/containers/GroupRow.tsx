// biome-ignore-all lint/a11y/useSemanticElements: rows of a table can't be taken out of its flow, as a window of 10,000 needs
// biome-ignore-all lint/a11y/useFocusableInteractive: rows have the grid's roving focus, cells have none of their own
import ChevronDown from "lucide-react/icons/chevron-down";
import ChevronRight from "lucide-react/icons/chevron-right";
import { useLayoutEffect, useRef } from "react";
import type { GroupLine } from "./model/lines";
import type { Painter } from "./painter";

interface GroupRowProps {
  group: GroupLine;
  index: number;
  top: number;
  painter: Painter;
  active: boolean;
  /** Set when several engines are watched. */
  engineName: string | null;
  onToggle: (key: string, collapsed: boolean) => void;
}

/** A Compose project's heading with the sums of its containers; a click folds it. */
export function GroupRow({ group, index, top, painter, active, engineName, onToggle }: GroupRowProps) {
  const row = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const el = row.current;
    if (!el) return;
    painter.bind(el, group);
    return () => painter.release(el);
  }, [painter, group]);

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
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onToggle(group.key, !group.collapsed)}
    >
      <div role="gridcell" aria-colindex={1} className="flex min-w-0 items-center gap-1.5">
        <Chevron size={16} aria-hidden className="shrink-0" />
        <span className="truncate font-semibold text-text-1">{group.project || "No project"}</span>
        {engineName !== null && <span className="truncate text-sm">{engineName}</span>}
        <span className="shrink-0 ps-1 text-sm">
          {group.running} of {group.members.length} running
        </span>
      </div>
      <div
        role="gridcell"
        aria-colindex={2}
        className="flex items-center gap-4 pe-2 text-sm"
        title="Sum of the project"
      >
        <span data-live="cpu" data-col="cpu" className="text-end">
          <span className="pe-1.5 max-sm:hidden">CPU</span>
          <span className="qw-value text-text-1" />
          <span className="qw-unit" />
        </span>
        <span data-live="mem" data-col="mem" className="text-end">
          <span className="pe-1.5 max-sm:hidden">Memory</span>
          <span className="qw-value text-text-1" />
          <span className="qw-unit" />
        </span>
      </div>
    </div>
  );
}
