/** The order and the widths that somebody gave the columns, remembered by this browser. */
import { useSyncExternalStore } from "react";
import { load, save } from "../../components/storage";
import { COLUMNS, LEAST_WIDTH } from "./columns";
import type { ColumnId } from "./model/order";

export interface ColumnShape {
  readonly order: readonly ColumnId[];
  readonly widths: Readonly<Partial<Record<ColumnId, number>>>;
}

const KEY = "quaywatch.columns.shape";
const NONE: ColumnShape = { order: [], widths: {} };
/** Wider than any screen makes a column no more readable. */
const MOST_WIDTH = 1200;

const listeners = new Set<() => void>();
let shape = read(load(KEY));

export function read(text: string | null): ColumnShape {
  try {
    const value: unknown = JSON.parse(text ?? "");
    const { order, widths } = value as { order?: unknown; widths?: Record<string, unknown> };
    const known = (id: unknown): id is ColumnId => COLUMNS.some((c) => c.id === id);
    const entries = Object.entries(widths ?? {}).filter(([id, width]) => known(id) && Number.isFinite(width));
    return {
      order: Array.isArray(order) ? [...new Set(order.filter(known))] : [],
      widths: Object.fromEntries(entries.map(([id, width]) => [id, clampWidth(Number(width))])),
    };
  } catch {
    return NONE;
  }
}

export function clampWidth(width: number): number {
  return Math.round(Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, width)));
}

export const columnStore = {
  get: (): ColumnShape => shape,
  subscribe(fn: () => void): () => void {
    listeners.add(fn);
    return () => listeners.delete(fn);
  },
  setOrder(order: readonly ColumnId[]): void {
    put({ ...shape, order }, true);
  },
  /** A width; undefined gives it back to the table. Not remembered while it is being dragged. */
  setWidth(id: ColumnId, width: number | undefined, remember = true): void {
    const { [id]: _, ...others } = shape.widths;
    put({ ...shape, widths: width === undefined ? others : { ...others, [id]: clampWidth(width) } }, remember);
  },
  reset(): void {
    put(NONE, true);
  },
};

function put(next: ColumnShape, remember: boolean): void {
  shape = next;
  if (remember) save(KEY, JSON.stringify(next));
  for (const fn of [...listeners]) fn();
}

export function useColumnShape(): ColumnShape {
  return useSyncExternalStore(columnStore.subscribe, columnStore.get);
}
