// biome-ignore-all lint/a11y/useSemanticElements: rows of a table can't be taken out of its flow, as a window of many needs
// biome-ignore-all lint/a11y/useFocusableInteractive: rows have the grid's roving focus, cells have none of their own
import { type MouseEvent, type ReactNode, type RefObject, useLayoutEffect, useRef } from "react";
import { useLocation } from "wouter";
import { RowMenu } from "../../../components/grid/RowMenu";
import { LinesContext } from "../../../components/grid/SelectAll";
import { HEAD_HEIGHT, OVERSCAN, useGridScroll } from "../../../components/grid/useGridScroll";
import { useRoving } from "../../../components/grid/useRoving";
import { useRowMenu } from "../../../components/grid/useRowMenu";
import { useSelect } from "../../../components/grid/useSelect";
import type { Kind, Row } from "../model/kind";
import type { Layout } from "../model/layout";
import { useAddress } from "../useAddress";
import type { OrderModel } from "../useOrder";
import type { ListMemory } from "./listMemory";
import { ResourceHead } from "./ResourceHead";
import { ResourceRow } from "./ResourceRow";
import { useListKeys } from "./useListKeys";

interface ResourceGridProps<R extends Row> {
  gridRef: RefObject<HTMLDivElement | null>;
  kind: Kind<R>;
  lines: readonly R[];
  model: OrderModel;
  layout: Layout<R>;
  rowHeight: number;
  memory: ListMemory;
  lastKnown: ReadonlySet<string> | "all";
  /** What changes the places of all rows: the scroll position does not follow them then. */
  arrangement: string;
  menu: (row: R) => ReactNode;
  onRemove: ((keys: readonly string[]) => void) | undefined;
}

/** The window of rows, with its keyboard, focus and menu. */
export function ResourceGrid<R extends Row>(props: ResourceGridProps<R>) {
  const { gridRef, kind, lines, layout, rowHeight, memory, lastKnown } = props;
  const { selection } = memory;
  const [, navigate] = useLocation();
  const at = useAddress();
  const layer = useRef<HTMLDivElement>(null);
  const scrollTo = useRef<(index: number) => void>(() => {});
  const select = useSelect(selection, lines);
  const open = (key: string) => {
    const row = lines.find((l) => l.key === key);
    if (row) navigate(at(kind.path(row), row.engine));
  };
  const roving = useRoving({
    grid: gridRef,
    lines,
    pageRows: () => Math.max(1, Math.floor(((gridRef.current?.clientHeight ?? 0) - HEAD_HEIGHT) / rowHeight) - 1),
    scrollTo: (index) => scrollTo.current(index),
    nameOf,
    first: memory.active,
    openMenu: (key) => menu.open(key),
    open,
    select: select.roving,
  });
  const menu = useRowMenu(gridRef, roving.activeKey);
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
  usePlace(gridRef, memory, props.arrangement, roving.activeKey);
  useListKeys({ roving, lines, selection, onRemove: props.onRemove });

  const openMenu = (e: MouseEvent, target: HTMLElement) => {
    const key = target.closest<HTMLElement>("[data-line]")?.dataset.line;
    if (key === undefined || !gridRef.current?.contains(target)) return;
    e.preventDefault();
    roving.setActive(key);
    menu.open(key);
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
  const menuRow = menu.key === null ? undefined : lines.find((l) => l.key === menu.key);
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
                    href={at(kind.path(row), row.engine)}
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
      <RowMenu name={menuRow?.name ?? ""} open={menuRow !== undefined} menu={menu}>
        {menuRow && props.menu(menuRow)}
      </RowMenu>
    </>
  );
}

/** Puts the list where it was when one comes back to it, if its rows stand as they stood. */
function usePlace(
  grid: RefObject<HTMLDivElement | null>,
  memory: ListMemory,
  arrangement: string,
  activeKey: string | null,
): void {
  useLayoutEffect(() => {
    const el = grid.current;
    if (el === null) return;
    if (memory.arrangement === arrangement) el.scrollTop = memory.top;
    memory.arrangement = arrangement;
    return () => {
      memory.top = el.scrollTop;
    };
  }, [grid, memory, arrangement]);
  useLayoutEffect(() => {
    memory.active = activeKey;
  }, [memory, activeKey]);
}

function nameOf(row: Row): string {
  return row.name;
}
