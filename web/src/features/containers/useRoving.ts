import {
  type FocusEvent,
  type KeyboardEvent,
  type RefObject,
  useCallback,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { announce } from "../../components/Announcer";
import { isGroup, type Line } from "./model/lines";

export interface Roving {
  /** The line that Tab reaches; it belongs to the container, not to its place. */
  activeKey: string | null;
  activeIndex: number;
  focused: boolean;
  setActive(key: string): void;
  onKeyDown(e: KeyboardEvent): void;
  onFocus(e: FocusEvent): void;
  onBlur(e: FocusEvent): void;
}

interface RovingOptions {
  grid: RefObject<HTMLDivElement | null>;
  lines: readonly Line[];
  pageRows: () => number;
  scrollTo: (index: number) => void;
  toggleGroup: (key: string, collapsed: boolean) => void;
  openMenu: (key: string) => void;
}

/**
 * One tab stop for the whole grid. The focus follows its container through
 * every new order; when the container goes, its neighbour gets the focus and a
 * screen reader is told.
 */
export function useRoving(o: RovingOptions): Roving {
  const { grid, lines } = o;
  const [activeKey, setActiveKey] = useState<string | null>(null);
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
  }, [lines, activeIndex, activeKey, focused]);

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

  const move = (index: number) => {
    const line = lines[Math.max(0, Math.min(lines.length - 1, index))];
    if (!line) return;
    setActiveKey(line.key);
    o.scrollTo(lines.indexOf(line));
  };

  const onKeyDown = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.metaKey || e.altKey || isEditable(e.target)) return;
    // A link or a button within the row answers to Enter and the space bar itself.
    const inRow = (e.target as HTMLElement).dataset.line === undefined;
    if (inRow && (e.key === "Enter" || e.key === " ")) return;
    const line = lines[activeIndex];
    const to = targetOf(e.key, activeIndex, lines.length, o.pageRows());
    if (to !== null) move(to);
    else if (line && isGroup(line) && GROUP_KEYS.has(e.key)) {
      o.toggleGroup(line.key, e.key === "ArrowLeft" || (e.key !== "ArrowRight" && !line.collapsed));
    } else if (line && !isGroup(line) && isMenuKey(e)) o.openMenu(line.key);
    else return;
    e.preventDefault();
  };

  const setActive = useCallback((key: string) => setActiveKey(key), []);
  const onFocus = (e: FocusEvent) => {
    const key = (e.target as HTMLElement).closest<HTMLElement>("[data-line]")?.dataset.line;
    if (key === undefined) return;
    setFocused(true);
    setActiveKey(key);
  };
  const onBlur = (e: FocusEvent) => {
    if (!grid.current?.contains(e.relatedTarget)) setFocused(false);
  };

  return { activeKey: current, activeIndex, focused, setActive, onKeyDown, onFocus, onBlur };
}

const GROUP_KEYS = new Set(["Enter", " ", "ArrowLeft", "ArrowRight"]);

function isMenuKey(e: KeyboardEvent): boolean {
  return e.key === "ContextMenu" || (e.key === "F10" && e.shiftKey) || e.key === "Enter";
}

function isEditable(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
}

/** Where a key leads from index, or null if it leads nowhere. */
function targetOf(key: string, index: number, count: number, page: number): number | null {
  switch (key) {
    case "ArrowDown":
    case "j":
      return index + 1;
    case "ArrowUp":
    case "k":
      return index - 1;
    case "PageDown":
      return index + page;
    case "PageUp":
      return index - page;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

/** The index of a key, looked for first where it was: most changes move nothing. */
function indexNear(lines: readonly Line[], key: string, at: number): number {
  if (lines[at]?.key === key) return at;
  return lines.findIndex((l) => l.key === key);
}

function nameOf(line: Line): string {
  return isGroup(line) ? line.project || "No project" : line.container.name;
}

export function rowElement(grid: HTMLElement, key: string): HTMLElement | null {
  return grid.querySelector<HTMLElement>(`[data-line="${CSS.escape(key)}"]`);
}
