import { useEffect, useRef } from "react";
import type { PastLog, PastView } from "../../../store/past/pastLog";

/** Nearer to the end than so many lines, the next page is read. */
const AHEAD = 150;
/** So many pages are read without anybody scrolling: a crash loop of weeks folds into one line. */
const MOST = 8;

/** Reads on as one scrolls. Tells whether it has stopped to be asked. */
export function useOlder(log: PastLog, view: PastView, left: number, first: number): boolean {
  const pages = useRef({ first: -1, count: 0 });
  const near = left < AHEAD;
  const stopped = pages.current.first === first && pages.current.count >= MOST;
  useEffect(() => {
    if (!near || view.phase !== "ready" || view.whole) return;
    const seen = pages.current;
    pages.current = seen.first === first ? { first, count: seen.count + 1 } : { first, count: 1 };
    if (pages.current.count <= MOST) log.older();
  }, [log, view, near, first]);
  return stopped && near && view.phase === "ready" && !view.whole;
}
