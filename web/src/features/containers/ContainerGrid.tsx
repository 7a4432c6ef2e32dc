// biome-ignore-all lint/a11y/useSemanticElements: rows of a table can't be taken out of its flow, as a window of 10,000 needs
// biome-ignore-all lint/a11y/useFocusableInteractive: rows have the grid's roving focus, cells have none of their own
// biome-ignore-all lint/a11y/noStaticElementInteractions: its role is one of two, which the rule can't see
// biome-ignore-all lint/a11y/useAriaPropsSupportedByRole: the same
import { type MouseEvent, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { LinesContext } from "../../components/grid/SelectAll";
import type { Selection } from "../../components/grid/selection";
import { HEAD_HEIGHT, OVERSCAN, useGridScroll } from "../../components/grid/useGridScroll";
import { useRoving } from "../../components/grid/useRoving";
import { useRowMenu } from "../../components/grid/useRowMenu";
import { useSelect } from "../../components/grid/useSelect";
import { containerPath } from "../../components/routes";
import type { ContainerTable } from "../../store/containerTable";
import type { MetricsReader } from "../../store/liveStore";
import { ContainerMenu } from "./ContainerMenu";
import { ContainerRow } from "./ContainerRow";
import type { ColumnShape } from "./columnStore";
import type { Layout } from "./columns";
import { GridHead } from "./GridHead";
import { GroupMenu } from "./GroupMenu";
import { GroupRow } from "./GroupRow";
import { isGroup, type Line } from "./model/groups";
import type { Painter } from "./painter";
import type { LiveLines } from "./useLines";
import type { SortModel } from "./useSortModel";
import { useTableKeys } from "./useTableKeys";
import { useVisibleRows } from "./useVisibleRows";

interface ContainerGridProps {
  containers: ContainerTable;
  metrics: MetricsReader;
  painter: Painter;
  /** Whether an entry's change is young enough to be shown. */
  isRecent: (changedAt: number) => boolean;
  live: LiveLines;
  model: SortModel;
  layout: Layout;
  shape: ColumnShape;
  cpuTitle: string;
  rowHeight: number;
  selection: Selection;
  engineNames: ReadonlyMap<string, string>;
  /** Engines of which nothing new comes, or "all" while the link is down. */
  lastKnown: ReadonlySet<string> | "all";
  onToggleGroup: (key: string, collapsed: boolean) => void;
  onHeld: (held: boolean) => void;
  gridRef: RefObject<HTMLDivElement | null>;
}

/** The grid itself: the window of rows, keyboard, focus, menus. */
export function ContainerGrid(props: ContainerGridProps) {
  const { containers, metrics, painter, live, layout, rowHeight, selection, engineNames, lastKnown, gridRef } = props;
  const { lines } = live.view;
  const [pointed, setPointed] = useState(false);
  const [, navigate] = useLocation();
  const scrollTo = useRef<(index: number) => void>(() => {});
  const select = useSelect(selection, lines);

  const roving = useRoving({
    grid: gridRef,
    lines,
    pageRows: () => Math.max(1, Math.floor(((gridRef.current?.clientHeight ?? 0) - HEAD_HEIGHT) / rowHeight) - 1),
    scrollTo: (index) => scrollTo.current(index),
    nameOf,
    toggleGroup: props.onToggleGroup,
    openMenu: (key) => menu.open(key),
    open: (key) => navigate(containerPath(key)),
    select: select.roving,
  });
  const menu = useRowMenu(gridRef, roving.activeKey);
  const toRows = useStepInto(roving.step);
  const layer = useRef<HTMLDivElement>(null);
  const { virtualizer, slots } = useGridScroll({
    grid: gridRef,
    layer,
    lines,
    rowHeight,
    activeIndex: roving.focused ? roving.activeIndex : -1,
    activeKey: roving.focused ? roving.activeKey : null,
    arrangement: live.arrangement,
  });
  scrollTo.current = (index) => virtualizer.scrollToIndex(index, { align: "auto" });
  useTableKeys({ roving, lines, containers, selection, select: select.toggle });

  usePainting(metrics, painter);
  useHeld(roving.focused || pointed || menu.key !== null, props.onHeld);

  const items = virtualizer.getVirtualItems();
  useVisibleRows(lines, items);

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
    const link = target.closest<HTMLAnchorElement>("a[data-open]");
    if (target.closest("[data-menu-of]")) openMenu(e, target);
    else if (link && !e.ctrlKey && !e.metaKey && !e.shiftKey) {
      e.preventDefault();
      navigate(link.pathname + link.search);
    } else if (!link && !select.onClick(e)) {
      const group = target.closest<HTMLElement>("[data-group]")?.dataset.line;
      const line = lines.find((l) => l.key === group);
      if (line && isGroup(line)) props.onToggleGroup(line.key, !line.collapsed);
    }
  };
  const onDoubleClick = (e: MouseEvent) => {
    const target = e.target as HTMLElement;
    const key = target.closest<HTMLElement>("[data-key]")?.dataset.key;
    if (key !== undefined && !target.closest("a, button, input, [data-select-cell]")) navigate(containerPath(key));
  };
  const menuGroup = menu.key?.startsWith("group:") ? lines.find((l) => l.key === menu.key) : undefined;

  // Rows that open and close are a tree's: a grid has no aria-expanded for them.
  const [first] = lines;
  const tree = first !== undefined && isGroup(first);
  return (
    <>
      <div
        ref={gridRef}
        role={tree ? "treegrid" : "grid"}
        aria-label="Containers"
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
        // Or the browser selects all text from here to where shift was pressed first.
        onMouseDown={(e) => e.shiftKey && e.preventDefault()}
        onContextMenu={(e) => openMenu(e, e.target as HTMLElement)}
      >
        <LinesContext value={lines}>
          <GridHead
            model={props.model}
            layout={layout}
            selection={selection}
            cpuTitle={props.cpuTitle}
            onLeave={toRows}
          />
        </LinesContext>
        <div
          className="qw-body relative"
          onPointerEnter={() => setPointed(true)}
          onPointerLeave={() => setPointed(false)}
          style={{ height: virtualizer.getTotalSize(), minWidth: layout.minWidth }}
        >
          <div className="qw-window">
            <div ref={layer} role="rowgroup">
              {items.map((item) => {
                const line = lines[item.index];
                if (!line) return null;
                const active = item.index === roving.activeIndex || (roving.activeIndex < 0 && item.index === 0);
                // The line in focus may be far from what is in sight, on either side of it.
                const { startIndex = 0, endIndex = 0 } = virtualizer.range ?? {};
                const inWindow = item.index >= startIndex - OVERSCAN && item.index <= endIndex + OVERSCAN;
                const slot = inWindow ? `${item.index % slots}` : "far";
                const place = { index: item.index, top: item.start, layout, painter, active, selection };
                if (isGroup(line)) {
                  return (
                    <GroupRow
                      key={`group ${slot}`}
                      {...place}
                      group={line}
                      engineName={engineNames.size > 1 ? (engineNames.get(line.engine) ?? "") : null}
                    />
                  );
                }
                return (
                  <ContainerRow
                    key={slot}
                    {...place}
                    entry={line}
                    level={tree ? 2 : undefined}
                    widths={props.shape.widths}
                    flash={props.isRecent(line.changedAt)}
                    engineName={engineNames.get(line.container.engine) ?? ""}
                    lastKnown={lastKnown === "all" || lastKnown.has(line.container.engine)}
                  />
                );
              })}
            </div>
          </div>
        </div>
      </div>
      <ContainerMenu
        container={menu.key === null ? undefined : containers.get(menu.key)?.container}
        selection={selection}
        menu={menu}
      />
      <GroupMenu group={menuGroup && isGroup(menuGroup) ? menuGroup : undefined} selection={selection} menu={menu} />
    </>
  );
}

function nameOf(line: Line): string {
  return isGroup(line) ? line.project || "No project" : line.container.name;
}

// What lives longer than a picture is made in hooks of its own: made in the grid,
// it would keep the lines of the picture it was made with.

/** Draws the cells of metrics as they come. */
function usePainting(metrics: MetricsReader, painter: Painter): void {
  useEffect(() => metrics.subscribe(() => painter.paint()), [metrics, painter]);
}

function useHeld(held: boolean, onHeld: (held: boolean) => void): void {
  useEffect(() => {
    onHeld(held);
    // A table that is gone holds nothing still.
    return () => onHeld(false);
  }, [onHeld, held]);
}

/** Steps into the rows from above. */
function useStepInto(step: (by: number) => void) {
  const latest = useRef(step);
  latest.current = step;
  return useCallback(() => latest.current(1), []);
}
