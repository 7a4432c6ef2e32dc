import { useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useLayoutEffect, useMemo, useRef } from "react";
import { anchorShift } from "./model/anchor";
import type { Line } from "./model/groups";

/** The head is stuck to the top inside what scrolls. */
export const HEAD_HEIGHT = 32;
export const OVERSCAN = 3;

type GridVirtualizer = Virtualizer<HTMLDivElement, HTMLDivElement>;

interface GridScrollOptions {
  grid: RefObject<HTMLDivElement | null>;
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

/**
 * The window of rows that is drawn, and where it stands. When lines come or go
 * above it, the scroll position follows, so that what is looked at stays put.
 * A new sort order or filter is not followed: there, the place is what counts.
 */
export function useGridScroll(o: GridScrollOptions): GridScroll {
  const { lines, rowHeight, activeIndex } = o;
  const report = useRef<((offset: number, scrolling: boolean) => void) | null>(null);

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

  const virtualizer: GridVirtualizer = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count: lines.length,
    getScrollElement: () => o.grid.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    rangeExtractor,
    scrollPaddingEnd: HEAD_HEIGHT,
    initialRect: { width: 1280, height: 720 },
    // Its own observer, kept at hand to tell it of a move before the next picture.
    observeElementOffset: useMemo(() => observeOffset(report), []),
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the virtualizer does not notice another height by itself
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowHeight]);
  useAnchor(o, virtualizer, report);

  const height = virtualizer.scrollRect?.height ?? 720;
  return { virtualizer, slots: Math.ceil(height / rowHeight) + 2 * OVERSCAN + 3 };
}

function observeOffset(report: RefObject<((offset: number, scrolling: boolean) => void) | null>) {
  return (instance: GridVirtualizer, notify: (offset: number, scrolling: boolean) => void) => {
    const el = instance.scrollElement;
    if (!el) return undefined;
    report.current = notify;
    const onScroll = () => notify(el.scrollTop, false);
    el.addEventListener("scroll", onScroll, { passive: true });
    notify(el.scrollTop, false);
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

function useAnchor(
  o: GridScrollOptions,
  virtualizer: GridVirtualizer,
  report: RefObject<((offset: number, scrolling: boolean) => void) | null>,
): void {
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
    report.current?.(el.scrollTop, false);
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
