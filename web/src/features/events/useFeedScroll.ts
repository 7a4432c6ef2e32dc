import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useLayoutEffect, useRef, useState } from "react";
import type { EventRow } from "../../store/state";
import { newerThan } from "./feed";

export const EVENT_HEIGHT = 49;

/**
 * The window of the feed. At the top it follows what comes; scrolled away from
 * it, the rows on screen stay where they are and what came is counted.
 */
export function useFeedScroll(scroller: RefObject<HTMLDivElement | null>, rows: readonly EventRow[]) {
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => EVENT_HEIGHT,
    overscan: 6,
    getItemKey: (index) => rows[index]?.key ?? index,
  });
  /** The newest row that was seen; null while at the top. */
  const [seen, setSeen] = useState<string | null>(null);
  const top = useRef<string | null>(null);

  useLayoutEffect(() => {
    const el = scroller.current;
    const before = top.current;
    top.current = rows[0]?.key ?? null;
    if (!el || before === null || before === top.current) return;
    // The virtualizer's offset: asking the element would lay the page out once more.
    const offset = virtualizer.scrollOffset ?? 0;
    if (offset > 0) el.scrollTop = offset + newerThan(rows, before) * EVENT_HEIGHT;
  }, [scroller, rows, virtualizer]);

  useLayoutEffect(() => {
    const el = scroller.current;
    if (!el) return;
    const onScroll = () => setSeen((old) => (el.scrollTop <= 0 ? null : (old ?? top.current)));
    el.addEventListener("scroll", onScroll, { passive: true });
    return () => el.removeEventListener("scroll", onScroll);
  }, [scroller]);

  const toTop = () => {
    scroller.current?.scrollTo({ top: 0 });
    setSeen(null);
  };
  return { virtualizer, unseen: seen === null ? 0 : newerThan(rows, seen), toTop };
}
