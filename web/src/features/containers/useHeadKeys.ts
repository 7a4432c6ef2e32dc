import { type KeyboardEvent, type RefObject, useState } from "react";
import { announce } from "../../components/Announcer";
import { columnStore } from "./columnStore";
import { COLUMNS, type Layout } from "./columns";
import type { ColumnId } from "./model/order";
import { stepColumn } from "./useColumnDrag";

const STEP_PX = 16;

interface HeadKeysOptions {
  row: RefObject<HTMLElement | null>;
  layout: Layout;
  openMenu: (id: ColumnId) => void;
  /** Moves on to the rows. */
  onLeave: () => void;
}

/**
 * The keys of the heads: one tab stop for all of them, arrows between them, with
 * Shift they size and with Alt they move the column.
 */
export function useHeadKeys({ row, layout, openMenu, onLeave }: HeadKeysOptions) {
  const ids = layout.columns.map((c) => c.id);
  const [chosen, setChosen] = useState<ColumnId>("name");
  const active = ids.includes(chosen) ? chosen : "name";

  const focus = (id: ColumnId) => {
    setChosen(id);
    row.current?.querySelector<HTMLElement>(`[data-col="${id}"] .qw-sort`)?.focus();
  };

  /** Arrows: to the next head, or with Shift and Alt to the column itself. */
  const along = (e: KeyboardEvent, id: ColumnId, by: 1 | -1) => {
    if (e.shiftKey) resize(row.current, id, by * STEP_PX);
    else if (e.altKey) tellMove(id, by, ids);
    else focus(ids[ids.indexOf(id) + by] ?? id);
  };

  const onKeyDown = (e: KeyboardEvent) => {
    const id = (e.target as HTMLElement).closest<HTMLElement>("[data-col]")?.dataset.col as ColumnId | undefined;
    if (id === undefined || e.ctrlKey || e.metaKey) return;
    const keys: Partial<Record<string, () => void>> = {
      ArrowRight: () => along(e, id, 1),
      ArrowLeft: () => along(e, id, -1),
      Home: () => focus("name"),
      End: () => focus(ids.at(-1) ?? "name"),
      ArrowDown: onLeave,
      ContextMenu: () => openMenu(id),
      F10: () => e.shiftKey && openMenu(id),
    };
    const run = keys[e.key];
    if (!run) return;
    run();
    e.preventDefault();
    e.stopPropagation();
  };

  return { active, onKeyDown, onFocus: (id: ColumnId) => setChosen(id) };
}

export function resize(row: HTMLElement | null, id: ColumnId, by: number): void {
  const cell = row?.querySelector<HTMLElement>(`[data-col="${id}"]`);
  if (!cell) return;
  columnStore.setWidth(id, cell.offsetWidth + by);
  announce(`${labelOf(id)} is ${columnStore.get().widths[id]} pixels wide`);
}

export function tellMove(id: ColumnId, by: 1 | -1, shown: readonly ColumnId[]): void {
  const to = stepColumn(id, by, shown);
  if (to === null) announce(`${labelOf(id)} can't be moved there`);
  else announce(`${labelOf(id)} stands ${by < 0 ? "before" : "after"} ${labelOf(to)} now`);
}

function labelOf(id: ColumnId): string {
  return COLUMNS.find((c) => c.id === id)?.label ?? id;
}
