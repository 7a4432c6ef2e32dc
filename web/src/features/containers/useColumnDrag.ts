import { type MouseEvent, type PointerEvent, useRef, useState } from "react";
import { columnStore } from "./columnStore";
import { inOrder, moveColumn } from "./columns";
import type { ColumnId } from "./model/order";

/** A press that moves so little is a click. */
const SLOP_PX = 5;

/** A column that is being moved, and the one whose place it would take. */
export interface ColumnMove {
  readonly id: ColumnId;
  readonly to: ColumnId;
}

interface Press {
  readonly kind: "size" | "move";
  readonly id: ColumnId;
  readonly x: number;
  readonly width: number;
  moved: boolean;
}

/** Sizing and moving columns with the pointer: for the row of their heads. */
export function useColumnDrag() {
  const press = useRef<Press | null>(null);
  const clickFollows = useRef(false);
  const [move, setMove] = useState<ColumnMove | null>(null);

  const onPointerDown = (e: PointerEvent<HTMLElement>) => {
    if (e.button !== 0) return;
    const target = e.target as HTMLElement;
    const head = target.closest<HTMLElement>("[data-col]");
    const id = head?.dataset.col as ColumnId | undefined;
    if (!head || id === undefined) return;
    const kind = target.closest("[data-resize]") ? "size" : "move";
    // A finger that moves over the heads scrolls.
    if (kind === "move" && (id === "name" || e.pointerType === "touch")) return;
    press.current = { kind, id, x: e.clientX, width: head.offsetWidth, moved: false };
    clickFollows.current = false;
    if (kind === "size") {
      e.currentTarget.setPointerCapture(e.pointerId);
      e.preventDefault();
    }
  };

  const onPointerMove = (e: PointerEvent<HTMLElement>) => {
    const p = press.current;
    if (!p || (!p.moved && Math.abs(e.clientX - p.x) < SLOP_PX)) return;
    if (!p.moved && p.kind === "move") e.currentTarget.setPointerCapture(e.pointerId);
    p.moved = true;
    if (p.kind === "size") {
      columnStore.setWidth(p.id, p.width + e.clientX - p.x, false);
      return;
    }
    const to = columnAt(e.currentTarget, e.clientX) ?? p.id;
    setMove((was) => (was?.to === to ? was : { id: p.id, to }));
  };

  const end = (kept: boolean) => {
    const p = press.current;
    press.current = null;
    if (!p?.moved) return;
    clickFollows.current = true;
    if (p.kind === "size") columnStore.setWidth(p.id, columnStore.get().widths[p.id]);
    else if (kept && move) columnStore.setOrder(moveColumn(columnStore.get().order, move.id, move.to));
    setMove(null);
  };

  /** The click that ends a drag is none. */
  const onClickCapture = (e: MouseEvent) => {
    if (!clickFollows.current) return;
    clickFollows.current = false;
    e.stopPropagation();
    e.preventDefault();
  };

  const handlers = {
    onPointerDown,
    onPointerMove,
    onPointerUp: () => end(true),
    onPointerCancel: () => end(false),
    onClickCapture,
  };
  return { move, handlers };
}

function columnAt(row: HTMLElement, x: number): ColumnId | undefined {
  for (const cell of row.querySelectorAll<HTMLElement>("[data-col]")) {
    const box = cell.getBoundingClientRect();
    if (x >= box.left && x < box.right) return cell.dataset.col as ColumnId;
  }
  return undefined;
}

/** Moves a column by one place among those shown; returns the one whose place it took. */
export function stepColumn(id: ColumnId, by: 1 | -1, shown: readonly ColumnId[]): ColumnId | null {
  const at = shown.indexOf(id);
  const to = shown[at + by];
  if (id === "name" || to === undefined || to === "name") return null;
  columnStore.setOrder(
    moveColumn(
      inOrder(columnStore.get().order).map((c) => c.id),
      id,
      to,
    ),
  );
  return to;
}
