/**
 * What the mouse and the keyboard do on the lines: selecting lines, copying
 * them, unfolding one. Text within a line is selected as anywhere; as soon as a
 * selection goes over more than one line, it is of whole lines, so that it can
 * go on where rows are no longer on the page.
 */
import { announce } from "../../../components/Announcer";
import { copyText } from "../../../components/copyText";
import type { LogScreen } from "./logScreen";
import { shownText } from "./shownText";

/** Listens until the returned function is called. */
export function listenToLines(screen: LogScreen, el: HTMLElement): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const onSelection = () => followSelection(screen, el);
  el.addEventListener("pointerdown", (e) => press(screen, e), { signal });
  el.addEventListener("click", (e) => click(screen, e), { signal });
  el.addEventListener("keydown", (e) => key(screen, e), { signal });
  el.addEventListener("wheel", (e) => e.deltaY < 0 && el.scrollTop > 0 && screen.pause(), { passive: true, signal });
  el.addEventListener("copy", (e) => copy(screen, e), { signal });
  document.addEventListener("selectionchange", onSelection, { signal });
  return () => stop.abort();
}

/** A press on text lets go of the lines that were selected. */
function press(screen: LogScreen, e: PointerEvent): void {
  if (e.button !== 0 || isHandle(e.target) || screen.selection.empty || e.shiftKey) return;
  screen.selection.clear();
  screen.selected();
}

/** The parts of a row that select it: what stands before the text. */
function isHandle(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(".ql-gutter, .ql-time, .ql-source, .ql-fold") !== null;
}

function click(screen: LogScreen, e: MouseEvent): void {
  const { target } = e;
  if (!(target instanceof Element)) return;
  const id = screen.idOf(target);
  if (id === 0) return;
  if (target.closest(".ql-fold, .ql-rest")) {
    screen.unfold(id);
    return;
  }
  if (!isHandle(target)) return;
  if (e.shiftKey) screen.selection.extend(id);
  else screen.selection.select(id);
  screen.selected();
}

function followSelection(screen: LogScreen, el: HTMLElement): void {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !el.contains(selection.anchorNode)) return;
  screen.pause();
  const from = screen.idOf(selection.anchorNode);
  const to = screen.idOf(selection.focusNode);
  if (from === 0 || to === 0 || (from === to && screen.selection.empty)) return;
  // The first line may have left the page by now: where it began is known.
  if (screen.selection.empty) screen.selection.select(from);
  screen.selection.extend(to);
  screen.selected();
}

function copy(screen: LogScreen, e: ClipboardEvent): void {
  if (screen.selection.empty) return;
  e.clipboardData?.setData("text/plain", shownText(screen, "selected"));
  e.preventDefault();
  announce(`${screen.state().selected} lines copied`);
}

function key(screen: LogScreen, e: KeyboardEvent): void {
  const mod = e.ctrlKey || e.metaKey;
  const done = mod ? modKey(screen, e) : plainKey(screen, e);
  if (done) {
    e.preventDefault();
    e.stopPropagation();
  }
}

function modKey(screen: LogScreen, e: KeyboardEvent): boolean {
  switch (e.key.toLowerCase()) {
    case "a":
      screen.selectAll();
      announce("All lines selected");
      return true;
    case "c": {
      if (screen.selection.empty) return false;
      const n = screen.state().selected;
      void copyText(shownText(screen, "selected")).then((ok) =>
        announce(ok ? `${n} ${n === 1 ? "line" : "lines"} copied` : "The browser refused the clipboard"),
      );
      return true;
    }
    default:
      return false;
  }
}

function plainKey(screen: LogScreen, e: KeyboardEvent): boolean {
  switch (e.key) {
    case "End":
      screen.follow();
      return true;
    case "ArrowUp":
    case "ArrowDown": {
      if (!e.shiftKey) {
        if (e.key === "ArrowUp") screen.pause();
        return false;
      }
      const place = screen.extendSelection(e.key === "ArrowUp" ? -1 : 1, true);
      if (place >= 0) announce(screen.session.buffer.text(place).slice(0, 200));
      return true;
    }
    case "PageUp":
    case "Home":
      screen.pause();
      return false;
    case "Enter":
    case " ":
      if (screen.selection.empty || e.target !== e.currentTarget) return false;
      screen.unfold(screen.selection.focus);
      return true;
    case "Escape":
      if (screen.selection.empty) return false;
      screen.selection.clear();
      screen.selected();
      return true;
    default:
      return false;
  }
}
