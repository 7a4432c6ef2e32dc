// biome-ignore-all lint/a11y/useSemanticElements: rows of a table can't be taken out of its flow, as a window of 10,000 needs
// biome-ignore-all lint/a11y/useFocusableInteractive: rows have the grid's roving focus, cells have none of their own
import ArrowDown from "lucide-react/icons/arrow-down";
import ArrowUp from "lucide-react/icons/arrow-up";
import { type MouseEvent, memo, useCallback, useRef, useState } from "react";
import { columnStore } from "./columnStore";
import type { ColumnSpec, Layout } from "./columns";
import { HeadMenu } from "./HeadMenu";
import type { ColumnId } from "./model/order";
import { SelectAll } from "./SelectAll";
import type { Selection } from "./selection";
import { useColumnDrag } from "./useColumnDrag";
import { useHeadKeys } from "./useHeadKeys";
import type { SortModel } from "./useSortModel";

interface GridHeadProps {
  model: SortModel;
  layout: Layout;
  selection: Selection;
  /** What CPU is percents of. */
  cpuTitle: string;
  onLeave: () => void;
}

/** The row of column heads; each sorts by its column, sizes and moves it, and has a menu that does all of that. */
export const GridHead = memo(function GridHead({ model, layout, selection, cpuTitle, onLeave }: GridHeadProps) {
  const { sort, sortBy } = model;
  const row = useRef<HTMLDivElement>(null);
  const [menu, setMenu] = useState<ColumnId | null>(null);
  const { move, handlers } = useColumnDrag();
  const keys = useHeadKeys({ row, layout, openMenu: setMenu, onLeave });
  const onContextMenu = (e: MouseEvent) => {
    const id = (e.target as HTMLElement).closest<HTMLElement>("[data-col]")?.dataset.col as ColumnId | undefined;
    if (id === undefined) return;
    e.preventDefault();
    e.stopPropagation();
    setMenu(id);
  };
  const head = useCallback(() => row.current, []);
  const closeMenu = useCallback(() => setMenu(null), []);
  const title = (c: ColumnSpec) => (c.id === "cpu" ? cpuTitle : c.title);
  return (
    <div role="rowgroup" className="sticky top-0 z-2">
      <div
        ref={row}
        role="row"
        className="qw-row qw-head"
        aria-rowindex={1}
        data-moving={move?.id}
        onKeyDown={keys.onKeyDown}
        onContextMenu={onContextMenu}
        {...handlers}
      >
        <div role="columnheader" className="qw-check" aria-colindex={1}>
          <SelectAll selection={selection} />
        </div>
        {layout.columns.map((column, i) => {
          const sorted = sort.id === column.id;
          const Arrow = sort.desc ? ArrowDown : ArrowUp;
          return (
            <div
              key={column.id}
              role="columnheader"
              className="qw-cell"
              data-col={column.id}
              data-num={column.numeric || undefined}
              data-drop={move?.to === column.id && move.id !== column.id ? "" : undefined}
              aria-colindex={i + 2}
              style={layout.places[i]}
              aria-sort={sorted ? (sort.desc ? "descending" : "ascending") : "none"}
            >
              <button
                type="button"
                className="qw-sort"
                tabIndex={keys.active === column.id ? 0 : -1}
                title={`${title(column)}. Click to sort, drag to move, right click for more.`}
                aria-description="Shift and arrows size it, Alt and arrows move it, Shift F10 opens its menu"
                onFocus={() => keys.onFocus(column.id)}
                onClick={() => sortBy(column.id)}
              >
                {column.numeric && sorted && <Arrow size={12} aria-hidden className="shrink-0" />}
                <span className="truncate">{column.label}</span>
                {!column.numeric && sorted && <Arrow size={12} aria-hidden className="shrink-0" />}
              </button>
              {!layout.narrow && (
                <span
                  className="qw-resize"
                  data-resize
                  aria-hidden
                  title="Drag to size, double click to let the table decide"
                  onDoubleClick={() => columnStore.setWidth(column.id, undefined)}
                />
              )}
            </div>
          );
        })}
        <div role="columnheader" className="sr-only" aria-colindex={layout.columns.length + 2}>
          Menu
        </div>
      </div>
      <HeadMenu column={menu} layout={layout} model={model} head={head} onClose={closeMenu} />
    </div>
  );
});
