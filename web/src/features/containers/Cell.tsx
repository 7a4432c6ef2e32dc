// biome-ignore-all lint/a11y/useSemanticElements: rows of a table can't be taken out of its flow, as a window of 10,000 needs
// biome-ignore-all lint/a11y/useFocusableInteractive: rows have the grid's roving focus, cells have none of their own
import History from "lucide-react/icons/history";
import type { Container } from "../../api/types.gen";
import { AlertMark } from "../../components/alert/AlertMark";
import { uptimeTitle } from "../../components/container/uptime";
import type { Place } from "../../components/grid/places";
import { containerPath } from "../../components/routes";
import { useFiring } from "../../store/hooks";
import type { ColumnSpec } from "./columns";
import { HealthCell } from "./HealthCell";
import { PortsCell } from "./PortsCell";
import { StateCell } from "./StateCell";

interface CellProps {
  column: ColumnSpec;
  place: Place | undefined;
  index: number;
  container: Container;
  engineName: string;
  lastKnown: boolean;
  tabbable: boolean;
  healthShown: boolean;
  /** Of the column, where it was given by hand. */
  width: number | undefined;
}

/** A cell of a container's row. Those with data-live are written by the painter. */
export function Cell({
  column,
  place,
  index,
  container: c,
  engineName,
  lastKnown,
  tabbable,
  healthShown,
  width,
}: CellProps) {
  const common = {
    role: "gridcell",
    className: "qw-cell",
    "data-col": column.id,
    "aria-colindex": index + 2,
    style: place,
  } as const;
  switch (column.id) {
    case "name":
      return (
        <div {...common} title={`${c.name}\n${c.id.slice(0, 12)}`}>
          <NameContent container={c} lastKnown={lastKnown} tabbable={tabbable} />
        </div>
      );
    case "engine":
      return <div {...common}>{engineName}</div>;
    case "project":
      return <div {...common}>{c.project || <span className="qw-quiet">—</span>}</div>;
    case "image":
      return (
        <div {...common} className="qw-cell text-text-2" title={c.image}>
          {c.image}
        </div>
      );
    case "state":
      return (
        <div {...common}>
          <StateCell container={c} healthShown={healthShown} />
        </div>
      );
    case "health":
      return (
        <div {...common}>
          <HealthCell container={c} />
        </div>
      );
    case "uptime":
      return (
        <div {...common} data-num>
          <span data-live="uptime" data-keep-title title={uptimeTitle(c)}>
            <span className="qw-value text-text-2" />
          </span>
        </div>
      );
    case "ports":
      return (
        <div {...common}>
          <PortsCell container={c} tabbable={tabbable} />
        </div>
      );
    case "restarts":
      return (
        <div {...common} data-num>
          {c.restartCount === 0 ? <span className="qw-quiet">0</span> : c.restartCount}
        </div>
      );
    case "cpuTrend":
    case "memTrend":
      return (
        <div {...common} data-live={column.id}>
          <canvas className="qw-trend" aria-hidden data-width={(width ?? column.min) - 16} data-height={18} />
        </div>
      );
    default:
      return (
        <div {...common} data-num data-live={column.id}>
          <span className="qw-value" />
          <span className="qw-unit" />
          {column.id === "mem" && <span className="qw-share" />}
        </div>
      );
  }
}

interface NameContentProps {
  container: Container;
  lastKnown: boolean;
  tabbable: boolean;
}

function NameContent({ container: c, lastKnown, tabbable }: NameContentProps) {
  const firing = useFiring(`${c.engine}/${c.id}`);
  return (
    <span className="flex min-w-0 items-baseline gap-2">
      {lastKnown && (
        <span role="img" aria-label="last known" title="Last known: nothing new can come now" className="text-text-3">
          <History size={13} aria-hidden className="relative top-0.5" />
        </span>
      )}
      <a
        className="qw-name truncate font-semibold"
        href={containerPath(`${c.engine}/${c.id}`)}
        tabIndex={tabbable ? 0 : -1}
        draggable={false}
        data-open
      >
        {c.name}
      </a>
      <AlertMark firing={firing} name={c.name} tabIndex={tabbable ? 0 : -1} />
      {c.service !== "" && !c.name.includes(c.service) && (
        <span className="truncate text-sm text-text-3" title={`Compose service ${c.service}`}>
          {c.service}
        </span>
      )}
      <span data-live="age" className="qw-age ms-auto shrink-0 text-xs text-text-3">
        <span className="qw-value" />
      </span>
    </span>
  );
}
