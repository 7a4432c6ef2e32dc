// biome-ignore-all lint/a11y/useSemanticElements: rows of a table can't be taken out of its flow, as a window of 10,000 needs
// biome-ignore-all lint/a11y/useFocusableInteractive: rows have the grid's roving focus, cells have none of their own
import Ellipsis from "lucide-react/icons/ellipsis";
import { memo, useLayoutEffect, useRef } from "react";
import { stateView } from "../../components/container/stateView";
import { type Selection, useSelected } from "../../components/grid/selection";
import type { ContainerEntry } from "../../store/state";
import { Cell } from "./Cell";
import type { Layout } from "./columns";
import type { ColumnId } from "./model/order";
import type { Painter } from "./painter";

interface ContainerRowProps {
  entry: ContainerEntry;
  index: number;
  top: number;
  layout: Layout;
  painter: Painter;
  /** Whether its state changed a moment ago. */
  flash: boolean;
  engineName: string;
  lastKnown: boolean;
  active: boolean;
  selection: Selection;
  /** Its depth where rows are grouped. */
  level: number | undefined;
  widths: Readonly<Partial<Record<ColumnId, number>>>;
}

/**
 * One container. The element belongs to a slot of the window, not to the
 * container: scrolling and sorting give it another one, which is cheaper than
 * a new element.
 */
export const ContainerRow = memo(function ContainerRow(props: ContainerRowProps) {
  const { entry, index, top, layout, painter, flash, active } = props;
  const { container } = entry;
  const selected = useSelected(props.selection, entry.key);
  const healthShown = layout.columns.some((c) => c.id === "health");
  const row = useRef<HTMLDivElement>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: other columns are other elements to write
  useLayoutEffect(() => {
    const el = row.current;
    if (!el) return;
    painter.bind(el, entry);
    return () => painter.release(el);
  }, [painter, entry, layout.columns]);

  return (
    <div
      ref={row}
      role="row"
      className="qw-row"
      aria-rowindex={index + 2}
      aria-level={props.level}
      aria-selected={selected}
      tabIndex={active ? 0 : -1}
      data-kind="container"
      data-line={entry.key}
      data-key={entry.key}
      data-name={container.name}
      data-state={container.state}
      data-health={container.health}
      data-flash={flash ? entry.changedAt : undefined}
      data-last-known={props.lastKnown || undefined}
      style={{ top }}
    >
      <div role="gridcell" className="qw-check" aria-colindex={1} data-select-cell={entry.key}>
        <input
          type="checkbox"
          className="qw-box"
          aria-label={`Select ${container.name}`}
          tabIndex={active ? 0 : -1}
          checked={selected}
          data-select-of={entry.key}
          readOnly
        />
      </div>
      {layout.columns.map((column, i) => (
        <Cell
          key={column.id}
          column={column}
          place={layout.places[i]}
          index={i}
          container={container}
          engineName={props.engineName}
          lastKnown={props.lastKnown}
          tabbable={active}
          healthShown={healthShown}
          width={props.widths[column.id]}
        />
      ))}
      <div role="gridcell" className="qw-menu" aria-colindex={layout.columns.length + 2}>
        <button
          type="button"
          className="qw-more"
          aria-label={`Menu of ${container.name}`}
          aria-haspopup="menu"
          tabIndex={active ? 0 : -1}
          data-menu-of={entry.key}
        >
          <Ellipsis size={16} aria-hidden />
        </button>
      </div>
      {flash && (
        <span
          key={entry.changedAt}
          className="qw-flash"
          aria-hidden
          style={{ "--flash": `var(--${stateView(container).tone})` }}
        />
      )}
    </div>
  );
});
