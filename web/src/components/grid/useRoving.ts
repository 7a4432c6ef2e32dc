import { type FocusEvent, type KeyboardEvent, type RefObject, useLayoutEffect, useRef, useState } from "react";
import { announce } from "../Announcer";
import type { GridLine } from "./line";
import { indexNear, moveTo } from "./moves";

export interface Roving {
  /** The line that Tab reaches; it belongs to the container, not to its place. */
  activeKey: string | null;
  activeIndex: number;
  focused: boolean;
  setActive(key: string): void;
  /** Moves the focus by so many lines; into the grid, if it is not there. */
  step(by: number): void;
  onKeyDown(e: KeyboardEvent): void;
  onFocus(e: FocusEvent): void;
  onBlur(e: FocusEvent): void;
}

interface RovingOptions<L extends GridLine> {
  grid: RefObject<HTMLDivElement | null>;
  lines: readonly L[];
  pageRows: () => number;
  scrollTo: (index: number) => void;
  /** What a screen reader is told of a line. */
  nameOf: (line: L) => string;
  /** Where headings can be folded. */
  toggleGroup?: (key: string, collapsed: boolean) => void;
  /** The line that Tab reaches at first; else it is the first one. */
  first?: string | null;
  openMenu: (key: string) => void;
  open: (key: string) => void;
  select: {
    toggle(line: L): void;
    extend(from: L, to: L): void;
    all(): void;
  };
}

/**
 * One tab stop for the whole grid. The focus follows its container through
 * every new order; when the container goes, its neighbour gets the focus and a
 * screen reader is told.
 */
export function useRoving<L extends GridLine>(o: RovingOptions<L>): Roving {
  const { grid, lines, nameOf } = o;
  const [activeKey, setActiveKey] = useState<string | null>(o.first ?? null);
  const [focused, setFocused] = useState(false);
  const lastIndex = useRef(0);
  const lastName = useRef("");

  let activeIndex = activeKey === null ? -1 : indexNear(lines, activeKey, lastIndex.current);
  let current = activeKey;
  if (activeIndex < 0 && lines.length > 0) {
    activeIndex = Math.min(lastIndex.current, lines.length - 1);
    current = lines[activeIndex]?.key ?? null;
  }

  useLayoutEffect(() => {
    const line = lines[activeIndex];
    if (!line) return;
    if (focused && activeKey !== null && line.key !== activeKey) {
      announce(`${lastName.current} is gone. Focus is on ${nameOf(line)}.`);
    }
    if (focused && line.key !== activeKey) setActiveKey(line.key);
    lastIndex.current = activeIndex;
    lastName.current = nameOf(line);
  }, [lines, activeIndex, activeKey, focused, nameOf]);

  // The element under the focus may have been given to another container, or
  // taken out of the page, which the browser answers by focusing nothing.
  useLayoutEffect(() => {
    if (!focused || current === null) return;
    const el = grid.current;
    const at = document.activeElement;
    if (!el || (at !== document.body && !el.contains(at))) return;
    const row = rowElement(el, current);
    if (row && row !== at && !row.contains(at)) row.focus({ preventScroll: true });
  });

  const move = (index: number): L | undefined => {
    const line = lines[Math.max(0, Math.min(lines.length - 1, index))];
    if (!line) return undefined;
    setActiveKey(line.key);
    o.scrollTo(lines.indexOf(line));
    return line;
  };

  const step = (by: number) => {
    if (focused) {
      move(activeIndex + by);
      return;
    }
    const el = grid.current;
    const row = el && current !== null ? rowElement(el, current) : null;
    (row ?? el?.querySelector<HTMLElement>("[data-line]"))?.focus();
  };

  const onKeyDown = (e: KeyboardEvent) => {
    // Menus hang in the grid for React, and elsewhere for the page.
    if (!grid.current?.contains(e.target as Node) || e.altKey) return;
    const line = lines[activeIndex];
    if (e.ctrlKey || e.metaKey) {
      if (e.key.toLowerCase() !== "a") return;
      o.select.all();
    } else if (!line || !onLine(e, line)) return;
    e.preventDefault();
  };

  /** Does what a key asks of the line in focus, and tells whether it did anything. */
  const onLine = (e: KeyboardEvent, line: L): boolean => {
    // A link, a box or a button within the row answers to Enter and the space bar itself.
    const inRow = (e.target as HTMLElement).dataset.line === undefined;
    if (inRow && (e.key === "Enter" || e.key === " ")) return false;
    const to = moveTo(e.key, activeIndex, lines.length, o.pageRows());
    if (to !== null) {
      const next = move(to);
      if (e.shiftKey && next) o.select.extend(line, next);
      return true;
    }
    if (e.key === " ") o.select.toggle(line);
    else if (isMenuKey(e)) o.openMenu(line.key);
    else if (line.members !== undefined) return onGroup(e.key, line);
    else if (e.key === "Enter") o.open(line.key);
    else return false;
    return true;
  };

  const onGroup = (key: string, line: L): boolean => {
    if (!GROUP_KEYS.has(key)) return false;
    o.toggleGroup?.(line.key, key === "ArrowLeft" || (key === "Enter" && !line.collapsed));
    return true;
  };

  const onFocus = (e: FocusEvent) => {
    const key = (e.target as HTMLElement).closest<HTMLElement>("[data-line]")?.dataset.line;
    if (key === undefined) return;
    setFocused(true);
    setActiveKey(key);
  };
  const onBlur = (e: FocusEvent) => {
    if (!grid.current?.contains(e.relatedTarget)) setFocused(false);
  };

  return { activeKey: current, activeIndex, focused, setActive: setActiveKey, step, onKeyDown, onFocus, onBlur };
}

function isMenuKey(e: KeyboardEvent): boolean {
  return e.key === "ContextMenu" || (e.key === "F10" && e.shiftKey);
}

const GROUP_KEYS = new Set(["Enter", "ArrowLeft", "ArrowRight"]);

export function rowElement(grid: HTMLElement, key: string): HTMLElement | null {
  return grid.querySelector<HTMLElement>(`[data-line="${CSS.escape(key)}"]`);
}
