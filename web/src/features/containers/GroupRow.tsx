// biome-ignore-all lint/a11y/useSemanticElements: rows of a table can't be taken out of its flow, as a window of 10,000 needs
// biome-ignore-all lint/a11y/useFocusableInteractive: rows have the grid's roving focus, cells have none of their own
import ChevronDown from "lucide-react/icons/chevron-down";
import ChevronRight from "lucide-react/icons/chevron-right";
import Ellipsis from "lucide-react/icons/ellipsis";
import ScrollText from "lucide-react/icons/scroll-text";
import { memo, useLayoutEffect, useRef } from "react";
import { StateIcon } from "../../components/container/StateIcon";
import { stateView } from "../../components/container/stateView";
import type { Selection } from "../../components/grid/selection";
import { logsPath } from "../../components/routes";
import type { Layout } from "./columns";
import { GroupBox } from "./GroupBox";
import type { GroupLine } from "./model/groups";
import type { ColumnId } from "./model/order";
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
  selection: Selection;
}

const SUMS: readonly ColumnId[] = ["cpu", "mem", "rx", "tx"];
const TITLES: Partial<Record<ColumnId, string>> = {
  cpu: "CPU of the whole project",
  mem: "Memory of the whole project",
  rx: "Received by the whole project, a second",
  tx: "Sent by the whole project, a second",
};

/** A Compose project's heading with the sums of its containers and its worst state. */
export const GroupRow = memo(function GroupRow(props: GroupRowProps) {
  const { group, index, top, layout, painter, active, engineName, selection } = props;
  const row = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other columns are other elements to write
  useLayoutEffect(() => {
    const el = row.current;
    if (!el) return;
    painter.bind(el, group);
    return () => painter.release(el);
  }, [painter, group, layout.columns]);

  const first = layout.columns.findIndex((c) => SUMS.includes(c.id));
  const Chevron = group.collapsed ? ChevronRight : ChevronDown;
  const name = group.project || "No project";
  const keys = group.members.map((m) => m.key);
  return (
    <div
      ref={row}
      role="row"
      className="qw-row"
      aria-rowindex={index + 2}
      aria-expanded={!group.collapsed}
      aria-level={1}
      tabIndex={active ? 0 : -1}
      data-kind="group"
      data-line={group.key}
      data-group={group.project}
      style={{ top }}
    >
      <div role="gridcell" className="qw-check" aria-colindex={1} data-select-cell={group.key}>
        <GroupBox keys={keys} name={name} lineKey={group.key} selection={selection} tabbable={active} />
      </div>
      <div
        role="gridcell"
        aria-colindex={2}
        className="absolute inset-y-0 flex min-w-0 items-center gap-1.5 overflow-hidden"
        style={{
          insetInlineStart: layout.lead + 8,
          insetInlineEnd: `calc(100% - ${layout.places[first]?.insetInlineStart ?? "100%"})`,
        }}
      >
        <Chevron size={16} aria-hidden className="shrink-0" />
        <span className="qw-name truncate font-semibold text-text-1">{name}</span>
        {engineName !== null && <span className="truncate">{engineName}</span>}
        <Worst group={group} />
        <span className="shrink-0">
          {group.running} of {group.members.length} running
        </span>
        {group.project !== "" && (
          <a
            className="inline-flex shrink-0 items-center gap-1 rounded px-1 hover:bg-line hover:text-text-1 max-sm:hidden"
            href={logsPath({ project: group.project })}
            tabIndex={active ? 0 : -1}
            aria-label={`Logs of ${name}`}
            title={`Logs of ${name}`}
            data-open
          >
            <ScrollText size={14} aria-hidden />
            Logs
          </a>
        )}
      </div>
      {layout.columns.map((column, i) =>
        SUMS.includes(column.id) ? (
          <div
            key={column.id}
            role="gridcell"
            className="qw-cell"
            aria-colindex={i + 2}
            data-col={column.id}
            data-num
            data-live={column.id}
            data-keep-title
            title={TITLES[column.id]}
            style={layout.places[i]}
          >
            <span className="qw-value text-text-1" />
            <span className="qw-unit" />
            {column.id === "mem" && <span className="qw-share" />}
          </div>
        ) : null,
      )}
      <div role="gridcell" className="qw-menu" aria-colindex={layout.columns.length + 2}>
        <button
          type="button"
          className="qw-more"
          aria-label={`Menu of ${name}`}
          aria-haspopup="menu"
          tabIndex={active ? 0 : -1}
          data-menu-of={group.key}
        >
          <Ellipsis size={16} aria-hidden />
        </button>
      </div>
    </div>
  );
});

const TONE = {
  running: "text-running",
  paused: "text-paused",
  stopped: "text-stopped",
  transitional: "text-transitional",
  bad: "text-bad",
} as const;

/** The state of the member that needs a look most, where any does. */
function Worst({ group }: { group: GroupLine }) {
  const c = group.worst.container;
  const sick = c.state === "running" && c.health === "unhealthy";
  const view = stateView(c);
  if (!sick && (view.tone === "running" || view.tone === "stopped")) return null;
  const tone = sick ? "bad" : view.tone;
  return (
    <span
      className={`inline-flex shrink-0 items-center gap-1 ps-1 ${TONE[tone]}`}
      title={`The worst: ${c.name}. ${sick ? "Its health check fails" : view.title}`}
    >
      <StateIcon name={sick ? "failed" : view.icon} />
      <span className="max-sm:sr-only">{sick ? "Unhealthy" : view.word}</span>
    </span>
  );
}
