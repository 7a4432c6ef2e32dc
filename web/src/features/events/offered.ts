/** What the feed could be narrowed to, from what is in it. */
import type { EventRow } from "../../store/state";
import { containerOf } from "./feed";

const MOST = 200;

/** The commonest first. */
export function offeredActions(rows: readonly EventRow[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    if (row.kind === "event") counts.set(row.event.action, (counts.get(row.event.action) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([action]) => action);
}

/** By name. */
export function offeredContainers(rows: readonly EventRow[]): readonly string[] {
  const names = new Set<string>();
  for (let i = rows.length - 1; i >= 0 && names.size < MOST; i--) {
    const row = rows[i];
    const name = row?.kind === "event" ? containerOf(row.event) : "";
    if (name !== "") names.add(name);
  }
  return [...names].sort();
}
