import { useRef } from "react";
import type { ColumnName } from "../../api/columns.gen";
import { isAlive } from "../../components/container/stateView";
import { useWatchRows } from "../../store/hooks";
import { isGroup, type Line } from "./model/lines";

/** All the columns the table can sort and filter by: those hidden would be unknown when they are shown. */
const WATCHED: readonly ColumnName[] = ["cpu", "mem", "memLimit", "rxRate", "txRate", "readRate", "writeRate", "pids"];

/** Metrics of rows that are not drawn: sorting can wait for them, a filter by them should not. */
const REST_MS = 10_000;
const FILTERING_REST_MS = 3_000;
const NO_ROWS: readonly number[] = [];

/** Keeps all rows' metrics coming, drawn or not: a filter may have left none. */
export function useRestRows(filtering: boolean): void {
  useWatchRows(NO_ROWS, WATCHED, { restEveryMs: filtering ? FILTERING_REST_MS : REST_MS });
}

/** Tells the server which rows are drawn, overscan included. Asks again only when they differ. */
export function useVisibleRows(lines: readonly Line[], items: readonly { index: number }[]): void {
  const rows: number[] = [];
  for (const item of items) {
    const line = lines[item.index];
    if (line && !isGroup(line) && isAlive(line.container)) rows.push(line.container.row);
  }
  rows.sort((a, b) => a - b);
  const told = useRef<readonly number[]>(rows);
  if (!same(told.current, rows)) told.current = rows;
  useWatchRows(told.current, WATCHED);
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}
