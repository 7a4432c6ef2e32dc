import { catchKeys, takeTyped } from "./typeAhead";

/** Which of the shell's dialogs is open; one at a time. */
export type Overlay = "palette" | "keys" | "notices";

let open: Overlay | null = null;
/** What had the focus when it was asked for. */
let opener: Element | null = null;
const listeners = new Set<() => void>();

export const overlay = {
  /** What gets the focus back: also the page's content as a whole, which no Tab reaches. */
  opener: (): HTMLElement | null => (opener instanceof HTMLElement && opener.isConnected ? opener : null),
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
