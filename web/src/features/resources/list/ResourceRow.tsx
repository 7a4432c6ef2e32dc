// biome-ignore-all lint/a11y/useSemanticElements: rows of a table can't be taken out of its flow, as a window of many needs
// biome-ignore-all lint/a11y/useFocusableInteractive: rows have the grid's roving focus, cells have none of their own
import Ellipsis from "lucide-react/icons/ellipsis";
import { memo, type ReactNode } from "react";
import { type Selection, useSelected } from "../../../components/grid/selection";
import type { Kind, Row } from "../model/kind";
import type { Layout } from "../model/layout";
import { PendingMark } from "../PendingMark";

interface ResourceRowProps<R extends Row> {
  kind: Kind<R>;
  row: R;
  /** Its own page. */
  href: string;
  index: number;
  top: number;
  layout: Layout<R>;
  active: boolean;
  selection: Selection;
  lastKnown: boolean;
}

/** One of them. The element belongs to a slot of the window: scrolling and sorting give it another row. */
export const ResourceRow = memo(Plain) as typeof Plain;

function Plain<R extends Row>({
  kind,
  row,
  href,
  index,
  top,
  layout,
  active,
  selection,
  lastKnown,
}: ResourceRowProps<R>) {
  const selected = useSelected(selection, row.key);
  const tab = active ? 0 : -1;
  return (
    <div
      role="row"
      className="qw-row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      tabIndex={tab}
      data-kind={kind.one}
      data-line={row.key}
      data-key={row.key}
      data-name={row.name}
      data-last-known={lastKnown || undefined}
      style={{ top }}
    >
      <div role="gridcell" className="qw-check" aria-colindex={1} data-select-cell={row.key}>
        <input
          type="checkbox"
          className="qw-box"
          aria-label={`Select ${row.name}`}
          tabIndex={tab}
          checked={selected}
          data-select-of={row.key}
          readOnly
        />
      </div>
      {layout.columns.map((column, i) => (
        <div
          key={column.id}
          role="gridcell"
          className="qw-cell"
          data-col={column.id}
          data-num={column.numeric || undefined}
          aria-colindex={i + 2}
          style={layout.places[i]}
        >
          {i === 0 ? (
            <Name row={row} href={href} tab={tab} lastKnown={lastKnown}>
              {column.cell(row)}
            </Name>
          ) : (
            column.cell(row)
          )}
        </div>
      ))}
      <div role="gridcell" className="qw-menu" aria-colindex={layout.columns.length + 2}>
        <button
          type="button"
          className="qw-more"
          aria-label={`Menu of ${row.name}`}
          aria-haspopup="menu"
          tabIndex={tab}
          data-menu-of={row.key}
        >
          <Ellipsis size={16} aria-hidden />
        </button>
      </div>
    </div>
  );
}

interface NameProps {
  row: Row;
  href: string;
  tab: number;
  lastKnown: boolean;
  children: ReactNode;
}

/** The first cell leads to the row's own page. */
function Name({ row, href, tab, lastKnown, children }: NameProps) {
  return (
    <>
      <a className="qw-name" href={href} tabIndex={tab} title={row.name}>
        {children}
      </a>
      <PendingMark of={row.key} />
      {lastKnown && <span className="qw-quiet ms-2">last known</span>}
    </>
  );
}
