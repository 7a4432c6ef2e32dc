// biome-ignore-all lint/a11y/useSemanticElements: rows of a table can't be taken out of its flow, as a window of 10,000 needs
// biome-ignore-all lint/a11y/useFocusableInteractive: rows have the grid's roving focus, cells have none of their own
import { type MouseEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { ContainerTable, MetricsReader } from "../../store/liveStore";
import { ContainerRow } from "./ContainerRow";
import type { Layout } from "./columns";
import { GridHead } from "./GridHead";
import { GroupRow } from "./GroupRow";
import { isGroup } from "./model/lines";
import { Painter, type PainterClock } from "./painter";
import { RowMenu } from "./RowMenu";
import { HEAD_HEIGHT, OVERSCAN, useGridScroll } from "./useGridScroll";
import type { LiveLines } from "./useLines";
import { rowElement, useRoving } from "./useRoving";
import type { SortModel } from "./useSortModel";
import { useVisibleRows } from "./useVisibleRows";

interface ContainerGridProps {
  containers: ContainerTable;
  metrics: MetricsReader;
  clock: PainterClock;
  /** Whether an entry's change is young enough to be shown. */
  isRecent: (changedAt: number) => boolean;
  live: LiveLines;
  model: SortModel;
  layout: Layout;
  rowHeight: number;
  engineNames: ReadonlyMap<string, string>;
  /** Engines of which nothing new comes, or "all" while the link is down. */
  lastKnown: ReadonlySet<string> | "all";
  onToggleGroup: (key: string, collapsed: boolean) => void;
  onHeld: (held: boolean) => void;
  gridRef: React.RefObject<HTMLDivElement | null>;
}

/** The grid itself: the window of rows, keyboard, focus, menu. */
export function ContainerGrid(props: ContainerGridProps) {
  const { containers, metrics, clock, live, layout, rowHeight, engineNames, lastKnown, gridRef } = props;
  const { lines } = live.view;
  const painter = useMemo(() => new Painter(metrics, clock), [metrics, clock]);
  const [menuKey, setMenuKey] = useState<string | null>(null);
  const [pointed, setPointed] = useState(false);
  const scrollTo = useRef<(index: number) => void>(() => {});

  const roving = useRoving({
    grid: gridRef,
    lines,
    pageRows: () => Math.max(1, Math.floor(((gridRef.current?.clientHeight ?? 0) - HEAD_HEIGHT) / rowHeight) - 1),
    scrollTo: (index) => scrollTo.current(index),
    toggleGroup: props.onToggleGroup,
    openMenu: setMenuKey,
  });
  const { virtualizer, slots } = useGridScroll({
    grid: gridRef,
    lines,
    rowHeight,
    activeIndex: roving.focused ? roving.activeIndex : -1,
    activeKey: roving.focused ? roving.activeKey : null,
    arrangement: live.arrangement,
  });
  scrollTo.current = (index) => virtualizer.scrollToIndex(index, { align: "auto" });

  useEffect(() => metrics.subscribe(() => painter.paint()), [metrics, painter]);

  const held = roving.focused || pointed || menuKey !== null;
  const { onHeld } = props;
  useEffect(() => onHeld(held), [onHeld, held]);

  const items = virtualizer.getVirtualItems();
  useVisibleRows(lines, items);

  const openMenu = (e: MouseEvent) => {
    const row = (e.target as HTMLElement).closest<HTMLElement>('[data-kind="container"]');
    const onButton = (e.target as HTMLElement).closest("[data-menu-of]") !== null;
    const key = row?.dataset.key;
    if (key === undefined || (e.type === "click" && !onButton)) return;
    e.preventDefault();
    roving.setActive(key);
    setMenuKey(key);
  };
  const anchor = useCallback(() => {
    const row = menuKey === null ? null : rowOf(gridRef.current, menuKey);
    return row?.querySelector("[data-menu-of]") ?? row ?? null;
  }, [gridRef, menuKey]);

  return (
    <div
      ref={gridRef}
      role="grid"
      aria-label="Containers"
      aria-rowcount={lines.length + 1}
      aria-colcount={layout.columns.length + 1}
      className="qw-grid h-full"
      data-narrow={layout.narrow || undefined}
      style={{ "--row": `${rowHeight}px`, "--min-width": `${layout.minWidth}px` }}
      onKeyDown={roving.onKeyDown}
      onFocus={roving.onFocus}
      onBlur={roving.onBlur}
      onClick={openMenu}
      onContextMenu={openMenu}
    >
      <GridHead model={props.model} layout={layout} />
      <div
        role="rowgroup"
        className="qw-body relative"
        onPointerEnter={() => setPointed(true)}
        onPointerLeave={() => setPointed(false)}
        style={{ height: virtualizer.getTotalSize(), minWidth: layout.minWidth }}
      >
        {items.map((item) => {
          const line = lines[item.index];
          if (!line) return null;
          const active = item.index === roving.activeIndex || (roving.activeIndex < 0 && item.index === 0);
          const inWindow = item.index >= (virtualizer.range?.startIndex ?? 0) - OVERSCAN;
          const slot = inWindow ? `${item.index % slots}` : "far";
          if (isGroup(line)) {
            return (
              <GroupRow
                key={`group ${slot}`}
                group={line}
                index={item.index}
                top={item.start}
                layout={layout}
                painter={painter}
                active={active}
                engineName={engineNames.size > 1 ? (engineNames.get(line.engine) ?? "") : null}
                onToggle={props.onToggleGroup}
              />
            );
          }
          return (
            <ContainerRow
              key={slot}
              entry={line}
              index={item.index}
              top={item.start}
              layout={layout}
              painter={painter}
              flash={props.isRecent(line.changedAt)}
              engineName={engineNames.get(line.container.engine) ?? ""}
              lastKnown={lastKnown === "all" || lastKnown.has(line.container.engine)}
              active={active}
            />
          );
        })}
      </div>
      <RowMenu
        container={menuKey === null ? undefined : containers.get(menuKey)?.container}
        anchor={anchor}
        row={() => rowOf(gridRef.current, roving.activeKey ?? "")}
        onClose={() => setMenuKey(null)}
      />
    </div>
  );
}

function rowOf(grid: HTMLElement | null, key: string): HTMLElement | null {
  return grid && rowElement(grid, key);
}
