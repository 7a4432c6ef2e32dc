import { useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useLayoutEffect, useMemo, useRef } from "react";
import { flushSync } from "react-dom";
import { anchorShift } from "./model/anchor";
import type { Line } from "./model/groups";

/** The head is stuck to the top inside what scrolls. */
export const HEAD_HEIGHT = 32;
export const OVERSCAN = 3;

type GridVirtualizer = Virtualizer<HTMLDivElement, HTMLDivElement>;

interface GridScrollOptions {
  grid: RefObject<HTMLDivElement | null>;
  /** The layer that holds the rows at their places in the whole list. */
  layer: RefObject<HTMLDivElement | null>;
  lines: readonly Line[];
  rowHeight: number;
  /** Of the line in focus, which is drawn wherever it is. */
  activeIndex: number;
  activeKey: string | null;
  arrangement: string;
}

export interface GridScroll {
  virtualizer: GridVirtualizer;
  /** How many rows are drawn at once at most: the slots rows are given in turn. */
  slots: number;
}

type Report = (offset: number) => void;

/**
 * The window of rows that is drawn, and where it stands. The rows stand on a layer
 * within a box that sticks to the screen while the grid scrolls behind it; the
 * layer is moved in the same task that draws the rows for a new place. So however
 * fast the browser scrolls, what it shows meanwhile is the last picture and never
 * an empty one. When lines come or go above the window, the scroll position follows, so that what is looked at stays put.
 * A new sort order or filter is not followed: there, the place is what counts.
 */
export function useGridScroll(o: GridScrollOptions): GridScroll {
  const { lines, rowHeight } = o;
  const report = useRef<Report | null>(null);

  const virtualizer = useWindow(o, lines.length, report);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the virtualizer does not notice another height by itself
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  useAnchor(o, virtualizer, report);
  const height = virtualizer.scrollRect?.height ?? 720;
  useEnd(o, virtualizer, height, report);
  return { virtualizer, slots: Math.max(Math.ceil(height / rowHeight) + 3, inSight(virtualizer)) + 2 * OVERSCAN };
}

/**
 * How many lines the virtualizer takes for being in sight. For a picture or two it
 * may go by another height than the one it has measured; with fewer slots than
 * rows, two rows would have one key, and one of them stay on the page for ever.
 */
function inSight(virtualizer: GridVirtualizer): number {
  virtualizer.getVirtualItems();
  const { range } = virtualizer;
  return range ? range.endIndex - range.startIndex + 1 : 0;
}

type WindowOptions = Pick<GridScrollOptions, "grid" | "layer" | "rowHeight" | "activeIndex">;

/**
 * Which lines are drawn: those in sight, some around them, and the one in focus.
 * The virtualizer keeps functions of the first picture: made where the lines are
 * known, they would keep the lines there were.
 */
function useWindow(
  { grid, layer, rowHeight, activeIndex }: WindowOptions,
  count: number,
  report: RefObject<Report | null>,
): GridVirtualizer {
  const rangeExtractor = useCallback(
    (range: { startIndex: number; endIndex: number; count: number }) => {
      const first = Math.max(0, range.startIndex - OVERSCAN);
      const last = Math.min(range.count - 1, range.endIndex + OVERSCAN);
      const indexes: number[] = [];
      for (let i = first; i <= last; i++) indexes.push(i);
      if (activeIndex >= 0 && activeIndex < first) indexes.unshift(activeIndex);
      if (activeIndex > last && activeIndex < range.count) indexes.push(activeIndex);
      return indexes;
    },
    [activeIndex],
  );
  return useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count,
    getScrollElement: () => grid.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    rangeExtractor,
    scrollPaddingEnd: HEAD_HEIGHT,
    initialRect: { width: 1280, height: 720 },
    // Its own observer, kept at hand to tell it of a move before the next picture.
    observeElementOffset: useMemo(() => observeOffset(layer, report), [layer, report]),
  });
}

function observeOffset(layer: RefObject<HTMLDivElement | null>, report: RefObject<Report | null>) {
  return (instance: GridVirtualizer, notify: (offset: number, scrolling: boolean) => void) => {
    const el = instance.scrollElement;
    if (!el) return undefined;
    const tell = (offset: number) => {
      if (layer.current) layer.current.style.transform = `translateY(${-offset}px)`;
      notify(offset, false);
    };
    report.current = tell;
    const onScroll = () => flushSync(() => tell(el.scrollTop));
    el.addEventListener("scroll", onScroll, { passive: true });
    tell(el.scrollTop);
    return () => {
      report.current = null;
      el.removeEventListener("scroll", onScroll);
    };
  };
}

interface Shown {
  lines: readonly Line[];
  arrangement: string;
  rowHeight: number;
}

/** A list that has become shorter than where it is scrolled to: the browser goes back to its end, and tells a picture later. */
function useEnd(
  { grid, lines, rowHeight }: GridScrollOptions,
  virtualizer: GridVirtualizer,
  height: number,
  report: RefObject<Report | null>,
): void {
  const total = lines.length * rowHeight + HEAD_HEIGHT;
  useLayoutEffect(() => {
    const offset = virtualizer.scrollOffset ?? 0;
    if (offset > 0 && offset + height > total && grid.current) report.current?.(grid.current.scrollTop);
  }, [grid, virtualizer, report, height, total]);
}

function useAnchor(o: GridScrollOptions, virtualizer: GridVirtualizer, report: RefObject<Report | null>): void {
  const { grid, lines, arrangement, rowHeight, activeKey } = o;
  const before = useRef<Shown>({ lines, arrangement, rowHeight });
  useLayoutEffect(() => {
    const was = before.current;
    before.current = { lines, arrangement, rowHeight };
    const el = grid.current;
    if (!el || was.lines === lines) return;
    const offset = virtualizer.scrollOffset ?? 0;
    if (offset <= 0 || was.arrangement !== arrangement || was.rowHeight !== rowHeight) return;
    const shift = shiftOf(was.lines, lines, offset, el.clientHeight - HEAD_HEIGHT, rowHeight, activeKey);
    if (shift === 0) return;
    el.scrollTop = offset + shift * rowHeight;
    report.current?.(el.scrollTop);
  }, [grid, virtualizer, report, lines, arrangement, rowHeight, activeKey]);
}

function shiftOf(
  was: readonly Line[],
  now: readonly Line[],
  offset: number,
  height: number,
  rowHeight: number,
  activeKey: string | null,
): number {
  const first = Math.floor(offset / rowHeight);
  const visible = was.slice(first, Math.ceil((offset + height) / rowHeight)).map((l) => l.key);
  // Nothing came or went above: the usual case, told without an index.
  if (visible.every((key, i) => now[first + i]?.key === key)) return 0;
  const indexes = new Map(now.map((l, i) => [l.key, i]));
  return anchorShift(visible, first, (key) => indexes.get(key), activeKey);
}
