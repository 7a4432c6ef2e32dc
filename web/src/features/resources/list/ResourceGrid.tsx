// biome-ignore-all lint/a11y/useSemanticElements: rows of a table can't be taken out of its flow, as a window of many needs
// biome-ignore-all lint/a11y/useFocusableInteractive: rows have the grid's roving focus, cells have none of their own
import { type MouseEvent, type ReactNode, type RefObject, useCallback, useRef, useState } from "react";
import { useLocation } from "wouter";
import { LinesContext } from "../../../components/grid/SelectAll";
import type { Selection } from "../../../components/grid/selection";
import { HEAD_HEIGHT, OVERSCAN, useGridScroll } from "../../../components/grid/useGridScroll";
import { rowElement, useRoving } from "../../../components/grid/useRoving";
import { useSelect } from "../../../components/grid/useSelect";
import type { Kind, Row } from "../model/kind";
import type { Layout } from "../model/layout";
import type { OrderModel } from "../useOrder";
import { ResourceHead } from "./ResourceHead";
import { ResourceRow } from "./ResourceRow";
import { RowMenu } from "./RowMenu";
import { useListKeys } from "./useListKeys";

interface ResourceGridProps<R extends Row> {
  gridRef: RefObject<HTMLDivElement | null>;
  kind: Kind<R>;
  lines: readonly R[];
  model: OrderModel;
  layout: Layout<R>;
  rowHeight: number;
  selection: Selection;
  lastKnown: ReadonlySet<string> | "all";
  /** What changes the places of all rows: the scroll position does not follow them then. */
  arrangement: string;
  menu: (row: R) => ReactNode;
  onRemove: ((keys: readonly string[]) => void) | undefined;
}

/** The window of rows, with its keyboard, focus and menu. */
export function ResourceGrid<R extends Row>(props: ResourceGridProps<R>) {
  const { gridRef, kind, lines, layout, rowHeight, selection, lastKnown } = props;
  const [, navigate] = useLocation();
  const [menuKey, setMenuKey] = useState<string | null>(null);
  const layer = useRef<HTMLDivElement>(null);
  const scrollTo = useRef<(index: number) => void>(() => {});
  const select = useSelect(selection, lines);
  const open = (key: string) => {
    const row = lines.find((l) => l.key === key);
    if (row) navigate(kind.path(row));
  };
  const roving = useRoving({
    grid: gridRef,
    lines,
    pageRows: () => Math.max(1, Math.floor(((gridRef.current?.clientHeight ?? 0) - HEAD_HEIGHT) / rowHeight) - 1),
    scrollTo: (index) => scrollTo.current(index),
    nameOf,
    openMenu: setMenuKey,
    open,
    select: select.roving,
  });
  const { virtualizer, slots } = useGridScroll({
    grid: gridRef,
    layer,
    lines,
    rowHeight,
    activeIndex: roving.focused ? roving.activeIndex : -1,
    activeKey: roving.focused ? roving.activeKey : null,
    arrangement: props.arrangement,
  });
  scrollTo.current = (index) => virtualizer.scrollToIndex(index, { align: "auto" });
  useListKeys({ roving, lines, selection, onRemove: props.onRemove });

  const menuElement = useCallback(
    (part: "row" | "button") => {
      const row = gridRef.current && menuKey !== null ? rowElement(gridRef.current, menuKey) : null;
      return part === "row" ? row : (row?.querySelector<HTMLElement>("[data-menu-of]") ?? row);
    },
    [gridRef, menuKey],
  );
  const openMenu = (e: MouseEvent, target: HTMLElement) => {
    const key = target.closest<HTMLElement>("[data-line]")?.dataset.line;
    if (key === undefined || !gridRef.current?.contains(target)) return;
    e.preventDefault();
    roving.setActive(key);
    setMenuKey(key);
  };
  const onClick = (e: MouseEvent) => {
    const target = e.target as HTMLElement;
    if (!gridRef.current?.contains(target)) return;
    const link = target.closest<HTMLAnchorElement>("a[href]");
    if (target.closest("[data-menu-of]")) openMenu(e, target);
    else if (link && !e.ctrlKey && !e.metaKey && !e.shiftKey) {
      e.preventDefault();
      navigate(link.pathname + link.search);
    } else if (!link) select.onClick(e);
  };
  const onDoubleClick = (e: MouseEvent) => {
    const target = e.target as HTMLElement;
    const key = target.closest<HTMLElement>("[data-key]")?.dataset.key;
    if (key !== undefined && !target.closest("a, button, input, [data-select-cell]")) open(key);
  };
  const menuRow = menuKey === null ? undefined : lines.find((l) => l.key === menuKey);
  const { startIndex = 0, endIndex = 0 } = virtualizer.range ?? {};
  return (
    <>
      <div
        ref={gridRef}
        role="grid"
        aria-label={kind.title}
        aria-rowcount={lines.length + 1}
        aria-colcount={layout.columns.length + 2}
        aria-multiselectable="true"
        className="qw-grid min-h-0 flex-1"
        data-narrow={layout.narrow || undefined}
        style={{ "--row": `${rowHeight}px`, "--min-width": `${layout.minWidth}px`, "--lead": `${layout.lead}px` }}
        onKeyDown={roving.onKeyDown}
        onFocus={roving.onFocus}
        onBlur={roving.onBlur}
        onClick={onClick}
        onDoubleClick={onDoubleClick}
        onMouseDown={(e) => e.shiftKey && e.preventDefault()}
        onContextMenu={(e) => openMenu(e, e.target as HTMLElement)}
      >
        <LinesContext value={lines}>
          <ResourceHead model={props.model} layout={layout} selection={selection} />
        </LinesContext>
        <div className="qw-body relative" style={{ height: virtualizer.getTotalSize(), minWidth: layout.minWidth }}>
          <div className="qw-window">
            <div ref={layer} role="rowgroup">
              {virtualizer.getVirtualItems().map((item) => {
                const row = lines[item.index];
                if (!row) return null;
                // The line in focus may be far from what is in sight, on either side of it.
                const inWindow = item.index >= startIndex - OVERSCAN && item.index <= endIndex + OVERSCAN;
                return (
                  <ResourceRow
                    key={inWindow ? `${item.index % slots}` : "far"}
                    kind={kind}
                    row={row}
                    index={item.index}
                    top={item.start}
                    layout={layout}
                    active={item.index === roving.activeIndex || (roving.activeIndex < 0 && item.index === 0)}
                    selection={selection}
                    lastKnown={lastKnown === "all" || lastKnown.has(row.engine)}
                  />
                );
              })}
            </div>
          </div>
        </div>
      </div>
      <RowMenu
        name={menuRow?.name ?? ""}
        open={menuRow !== undefined}
        anchor={() => menuElement("button")}
        row={() => menuElement("row")}
        onClose={() => setMenuKey(null)}
      >
        {menuRow && props.menu(menuRow)}
      </RowMenu>
    </>
  );
}

function nameOf(row: Row): string {
  return row.name;
}
