import { COLUMNS, type ColumnName } from "../api/columns.gen";
import type { Container } from "../api/types.gen";
import { Keyed } from "../lib/keyed";
import { ContainerTable } from "../store/containerTable";
import type { MetricsReader } from "../store/liveStore";
import type { ContainerEntry } from "../store/state";
import { container } from "./samples";

/** A container for tests: running, without anything special, row 1. */
export function testContainer(fields: Partial<Container> = {}): Container {
  const plain = { imageId: "", command: "", startedAt: "2026-11-23T14:00:00Z", networks: [], pid: 1 };
  return container(`id-${fields.name ?? "web"}`, 1, { engine: "e1", name: "web", ...plain, ...fields });
}

export function testEntry(fields: Partial<Container> = {}): ContainerEntry {
  const container = testContainer(fields);
  return { key: `${container.engine}/${container.id}`, container, changedAt: 0 };
}

export function testTable(entries: readonly ContainerEntry[]): ContainerTable {
  const keyed = Keyed.empty<ContainerEntry>().edit();
  for (const entry of entries) keyed.set(entry.key, entry);
  return new ContainerTable(keyed.done(), true);
}

/** Metrics that can be set, one slot a row. */
export class TestMetrics implements MetricsReader {
  private readonly cells = new Map(COLUMNS.map((c) => [c.name, new Float64Array(64).fill(Number.NaN)]));
  private readonly ages = new Map<number, number>();

  set(row: number, column: ColumnName, value: number): void {
    this.column(column)[row] = value;
  }

  setAge(row: number, ms: number): void {
    this.ages.set(row, ms);
  }

  read(row: number, column: ColumnName): number | null {
    const value = this.column(column)[row] ?? Number.NaN;
    return Number.isNaN(value) ? null : value;
  }

  age(row: number): number | null {
    return this.ages.get(row) ?? null;
  }

  column(name: ColumnName): Float64Array<ArrayBuffer> {
    const cells = this.cells.get(name);
    if (!cells) throw new Error(`no column ${name}`);
    return cells;
  }

  slotOf(row: number): number {
    return row;
  }

  subscribe(): () => void {
    return () => {};
  }
}
