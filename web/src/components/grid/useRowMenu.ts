import { type RefObject, useCallback, useMemo, useState } from "react";
import { rowElement } from "./useRoving";

/** Whose menu is open, and where it hangs: rows change their elements, so they are looked up anew. */
export interface RowMenuState {
  readonly key: string | null;
  open(key: string): void;
  close(): void;
  /** The element it hangs at. */
  anchor(): Element | null;
  /** The row that gets the focus back; false where it has moved on. */
  row(): HTMLElement | null | false;
}

const DIALOG = '[role="dialog"], [role="alertdialog"]';

export function useRowMenu(grid: RefObject<HTMLDivElement | null>, activeKey: string | null): RowMenuState {
  const [key, open] = useState<string | null>(null);
  const anchor = useCallback(() => {
    const row = key === null ? null : rowOf(grid.current, key);
    return row?.querySelector("[data-menu-of]") ?? row ?? null;
  }, [grid, key]);
  const row = useCallback(
    () => focusAfter(document.activeElement, () => rowOf(grid.current, activeKey ?? "")),
    [grid, activeKey],
  );
  const close = useCallback(() => open(null), []);
  return useMemo(() => ({ key, open, close, anchor, row }), [key, close, anchor, row]);
}

/** Who gets the focus of a menu that has faded: a dialog that an item opened may have taken it before. */
export function focusAfter(at: Element | null, row: () => HTMLElement | null): HTMLElement | null | false {
  return !at?.closest(DIALOG) && row();
}

function rowOf(grid: HTMLElement | null, key: string): HTMLElement | null {
  return grid && rowElement(grid, key);
}
