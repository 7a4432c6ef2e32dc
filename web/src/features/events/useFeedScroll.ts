import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useLayoutEffect, useRef, useState } from "react";
import type { FeedRow } from "./feed";
import { newerThan } from "./feed";

export const EVENT_HEIGHT = 49;

/**
 * The window of the feed. At the top it follows what comes; scrolled away from
 * it, the rows on screen stay where they are and what came is counted.
 */
export function useFeedScroll(scroller: RefObject<HTMLDivElement | null>, rows: readonly FeedRow[]) {
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => EVENT_HEIGHT,
    overscan: 3,
    getItemKey: (index) => rows[index]?.key ?? index,
  });
  /** The newest row that was seen; null while at the top. */
  const [seen, setSeen] = useState<string | null>(null);
  const before = useRef(rows);

  useLayoutEffect(() => {
    const was = before.current;
    before.current = rows;
    const el = scroller.current;
    if (!el || was === rows) return;
    // The virtualizer's offset: asking the element would lay the page out once more.
    const offset = virtualizer.scrollOffset ?? 0;
    if (offset <= 0) return;
    const shift = shiftOf(was, rows, Math.floor(offset / EVENT_HEIGHT));
    if (shift !== 0) el.scrollTop = offset + shift * EVENT_HEIGHT;
  }, [scroller, rows, virtualizer]);

  useLayoutEffect(() => {
    const el = scroller.current;
    if (!el) return;
    const onScroll = () => setSeen((old) => (el.scrollTop <= 0 ? null : (old ?? before.current[0]?.key ?? null)));
    el.addEventListener("scroll", onScroll, { passive: true });
    return () => el.removeEventListener("scroll", onScroll);
  }, [scroller]);

  const toTop = () => {
    scroller.current?.scrollTo({ top: 0 });
    setSeen(null);
  };
  const toRow = (key: string) => {
    const at = rows.findIndex((row) => row.key === key);
    if (at >= 0) virtualizer.scrollToIndex(at, { align: "end" });
  };
  return { virtualizer, unseen: seen === null ? 0 : newerThan(rows, seen), toTop, toRow };
}

/** By how many rows the first row on screen that is still there has moved. */
function shiftOf(was: readonly FeedRow[], now: readonly FeedRow[], first: number): number {
  for (let i = first; i < Math.min(was.length, first + 20); i++) {
    const key = was[i]?.key;
    if (key === undefined) continue;
    if (now[i]?.key === key) return 0;
    const at = now.findIndex((row) => row.key === key);
    if (at >= 0) return at - i;
  }
  return 0;
}
