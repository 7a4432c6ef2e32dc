import { useEffect, useLayoutEffect, useRef } from "react";
import { announce } from "../components/Announcer";
import { cameBack, restoreTableSearch } from "./navigation";
import { PAGE_NAMES, type Route } from "./route";

/** What is one page: its parts are not, so that a tab keeps the focus. */
export function pageKey(route: Route): string {
  return "id" in route && route.id !== null ? `${route.page} ${route.id}` : route.page;
}

/**
 * Does for a change of page what a browser does for documents: the focus begins
 * in the new one and what it is gets said; who comes back is where he was, with
 * focus and scroll.
 */
export function usePageTurn(route: Route): void {
  const key = pageKey(route);
  const shown = useRef(key);
  const rows = useRef(new Map<string, string>());
  const scrolls = useRef(new Map<string, number>());

  useEffect(() => {
    const onFocus = (e: FocusEvent) => {
      const line = lineOf(e.target);
      if (line !== null) rows.current.set(shown.current, line);
    };
    const onScroll = (e: Event) => {
      if (!(e.target instanceof HTMLElement) || e.target.dataset.pageScroll === undefined) return;
      scrolls.current.set(location.pathname, e.target.scrollTop);
    };
    document.addEventListener("focusin", onFocus);
    document.addEventListener("scroll", onScroll, { capture: true, passive: true });
    return () => {
      document.removeEventListener("focusin", onFocus);
      document.removeEventListener("scroll", onScroll, { capture: true });
    };
  }, []);

  useLayoutEffect(() => {
    if (shown.current === key) return;
    shown.current = key;
    const main = document.getElementById("main");
    if (!main) return;
    announce(PAGE_NAMES[route.page]);
    if (key === "containers") {
      restoreTableSearch();
      const line = rows.current.get(key);
      const row =
        (line && main.querySelector<HTMLElement>(`[data-line="${CSS.escape(line)}"]`)) ||
        main.querySelector<HTMLElement>('[data-line][tabindex="0"]');
      if (row) row.focus({ preventScroll: true });
      else main.focus({ preventScroll: true });
      return;
    }
    main.focus({ preventScroll: true });
    if (rows.current.has(key)) restoreRow(main);
    if (cameBack()) restoreScroll(main, scrolls.current.get(location.pathname) ?? 0);
  }, [key, route.page]);
}

/** A list that was left by one of its rows: the one that it begins with has the focus again, unless one is elsewhere by then. */
function restoreRow(main: HTMLElement, tries = 60): void {
  if (tries === 0 || (document.activeElement !== main && document.activeElement !== document.body)) return;
  const row = main.querySelector<HTMLElement>('[data-line][tabindex="0"]');
  if (row) row.focus({ preventScroll: true });
  else requestAnimationFrame(() => restoreRow(main, tries - 1));
}

/** Pages come in pieces: it is tried until there is enough to scroll, for a second. */
function restoreScroll(main: HTMLElement, top: number, tries = 60): void {
  if (top === 0 || tries === 0) return;
  const el = main.querySelector<HTMLElement>("[data-page-scroll]");
  if (el && el.scrollHeight - el.clientHeight >= top) el.scrollTop = top;
  else requestAnimationFrame(() => restoreScroll(main, top, tries - 1));
}

function lineOf(target: EventTarget | null): string | null {
  if (!(target instanceof Element)) return null;
  return target.closest<HTMLElement>("#main [data-line]")?.dataset.line ?? null;
}
