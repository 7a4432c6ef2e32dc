import { useRef } from "react";
import type { ColumnName } from "../../api/columns.gen";
import { useInSight, useWatchRows } from "../../store/hooks";
import { isGroup, type Line } from "./model/groups";

/** All the columns the table can sort and filter by: those hidden would be unknown when they are shown. */
const WATCHED: readonly ColumnName[] = ["cpu", "mem", "memLimit", "rxRate", "txRate", "readRate", "writeRate", "pids"];

/** Metrics of rows that are not drawn: sorting can wait for them, a filter by them should not. */
const REST_MS = 10_000;
const FILTERING_REST_MS = 3_000;
const NO_ROWS: readonly number[] = [];
const NO_KEYS: ReadonlySet<string> = new Set();

/** Keeps all rows' metrics coming, drawn or not: a filter may have left none. */
export function useRestRows(filtering: boolean): void {
  useWatchRows(NO_ROWS, WATCHED, { restEveryMs: filtering ? FILTERING_REST_MS : REST_MS });
}

/** Tells the server and the store which rows are drawn, overscan included; again only when they differ. */
export function useVisibleRows(lines: readonly Line[], items: readonly { index: number }[]): void {
  const rows: number[] = [];
  const keys: string[] = [];
  for (const item of items) {
    const line = lines[item.index];
    if (!line || isGroup(line)) continue;
    keys.push(line.key);
    // Also those that don't run: the server tells at once of what changes in the rows it is told of.
    rows.push(line.container.row);
  }
  rows.sort((a, b) => a - b);
  const told = useRef<readonly number[]>(rows);
  if (!same(told.current, rows)) told.current = rows;
  useWatchRows(told.current, WATCHED);
  const drawn = useRef<ReadonlySet<string>>(NO_KEYS);
  if (drawn.current.size !== keys.length || !keys.every((key) => drawn.current.has(key))) drawn.current = new Set(keys);
  useInSight(drawn.current);
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}
