import { catchKeys, takeTyped } from "./typeAhead";

/** Which of the shell's dialogs is open; one at a time. */
export type Overlay = "palette" | "keys" | "notices";

let open: Overlay | null = null;
/** What had the focus when it was asked for. */
let opener: Element | null = null;
const listeners = new Set<() => void>();

export const overlay = {
  /**
   * For finalFocus: what had the focus gets it back. The page's content as a whole
   * has no tab stop, and Base UI would choose the first one within it: there an
   * arrow key might change a setting.
   */
  giveBack(): HTMLElement | boolean {
    const to = opener;
    if (!(to instanceof HTMLElement) || !to.isConnected) return true;
    if (to.tabIndex >= 0 || to.dataset.line !== undefined) return to;
    requestAnimationFrame(() => to.focus({ preventScroll: true }));
    return false;
  },
  get: (): Overlay | null => open,
  set(next: Overlay | null): void {
    if (next === open) return;
    open = next;
    if (next !== null) opener = document.activeElement;
    if (next === "palette") catchKeys(() => overlay.set(null));
    else takeTyped();
    for (const fn of [...listeners]) fn();
  },
  subscribe(fn: () => void): () => void {
    listeners.add(fn);
    return () => listeners.delete(fn);
  },
};
