/**
 * The metrics, in columns: one typed array a metric, one slot a container.
 * Arrays grow by doubling; the slot of a container that went is used again. A
 * cell that is not known is NaN.
 *
 * A row's values are as fresh as `confirmedAt` says: in monotonic milliseconds
 * of the local clock, so that no clock's jump can make an old value look new.
 */
import { COLUMNS, type ColumnName } from "../api/columns.gen";
import type { Filter, MetricsFrame } from "../api/types.gen";

type Cells = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

const FIRST_SLOTS = 64;
/** Rows that were named by a frame but belong to no container we know: swept beyond that many. */
const MAX_ORPHANS = 1_024;
const KEPT_ORPHANS = 256;
const INDEX = new Map<string, number>(COLUMNS.map((c) => [c.name, c.index]));

/** Counts and bytes need every digit; a percent and a rate don't. */
function allocate(column: number, length: number): Cells {
  const unit = COLUMNS[column]?.unit;
  const exact = unit === "bytes" || unit === "count";
  return (exact ? new Float64Array(length) : new Float32Array(length)).fill(Number.NaN);
}

export class Columns {
  #cells: Cells[] = COLUMNS.map((c) => allocate(c.index, FIRST_SLOTS));
  #confirmed = new Float64Array(FIRST_SLOTS);
  #slots = new Map<number, number>();
  #free: number[] = [];
  #used = 0;
  #lag = new Lag();

  /** How many rows have a slot. */
  get size(): number {
    return this.#slots.size;
  }

  get capacity(): number {
    return this.#confirmed.length;
  }

  /** A cell in its column's unit; NaN where it is not known. */
  read(row: number, column: ColumnName): number {
    const slot = this.#slots.get(row);
    if (slot === undefined) return Number.NaN;
    return this.#cells[INDEX.get(column) ?? -1]?.[slot] ?? Number.NaN;
  }

  /** When a row was last known to be as it stands here, 0 for never. */
  confirmedAt(row: number): number {
    const slot = this.#slots.get(row);
    return slot === undefined ? 0 : (this.#confirmed[slot] ?? 0);
  }

  /** A column's array, for sorting and totals: index it with slotOf. It is replaced when it grows. */
  column(name: ColumnName): Cells {
    const cells = this.#cells[INDEX.get(name) ?? -1];
    if (!cells) throw new Error(`no column ${name}`);
    return cells;
  }

  /** A row's slot in the arrays, -1 for a row without one. */
  slotOf(row: number): number {
    return this.#slots.get(row) ?? -1;
  }

  /**
   * apply writes a frame that came at `now` under the filter the server had.
   * Rows that are due and not missed are confirmed, changed or not.
   */
  apply(frame: MetricsFrame, filter: Filter | null, now: number): void {
    const at = now - this.#lag.of(frame.at, now);
    const rows = frame.rows ?? [];
    const slots = new Int32Array(rows.length);
    for (let i = 0; i < rows.length; i++) slots[i] = this.#slot(rows[i] ?? 0);
    for (const name in frame.cols) {
      const cells = this.#cells[INDEX.get(name) ?? -1];
      const column = frame.cols[name];
      if (cells && column) write(cells, slots, column.i, column.v);
    }
    this.#confirm(frame, filter, slots, at);
  }

  /** Frees the rows of containers that went. */
  release(row: number): void {
    const slot = this.#slots.get(row);
    if (slot === undefined) return;
    this.#slots.delete(row);
    for (const cells of this.#cells) cells[slot] = Number.NaN;
    this.#free.push(slot);
  }

  /**
   * Frees rows that are in no container we know, but the newest of them: those
   * may be ahead of the news of their container.
   */
  sweep(known: ReadonlySet<number>): void {
    const orphans = [...this.#slots.keys()].filter((row) => !known.has(row));
    for (const row of orphans.slice(0, -KEPT_ORPHANS)) this.release(row);
  }

  /** Whether so many rows belong to nobody that sweep should be called. */
  crowded(known: number): boolean {
    return this.#slots.size > known + MAX_ORPHANS;
  }

  /** A new connection, perhaps to another machine: its clock is learned anew. */
  opened(): void {
    this.#lag = new Lag();
  }

  /** Forgets everything: another epoch's rows mean nothing. */
  reset(): void {
    this.#cells = COLUMNS.map((c) => allocate(c.index, FIRST_SLOTS));
    this.#confirmed = new Float64Array(FIRST_SLOTS);
    this.#slots = new Map();
    this.#free = [];
    this.#used = 0;
  }

  #confirm(frame: MetricsFrame, filter: Filter | null, named: Int32Array, at: number): void {
    const missed = new Set(frame.missed);
    const ages = frame.ages ?? {};
    const all = filter !== null && (filter.all || (frame.rest && filter.restEveryMs));
    if (all && missed.size === 0) {
      // A slot that is free gets its time back when it is given to a row.
      this.#confirmed.fill(at, 0, this.#used);
      for (const row in ages) this.#confirmRow(Number(row), at - (ages[row] ?? 0));
      return;
    }
    const confirm = (row: number, slot: number) => {
      if (!missed.has(row)) this.#confirmed[slot] = at - (ages[row] ?? 0);
    };
    this.#confirmMissed(missed, ages, at);
    if (all) {
      for (const [row, slot] of this.#slots) confirm(row, slot);
      return;
    }
    const rows = frame.rows ?? [];
    for (let i = 0; i < rows.length; i++) confirm(rows[i] ?? 0, named[i] ?? 0);
    for (const row of filter?.rows ?? []) {
      const slot = this.#slots.get(row);
      if (slot !== undefined) confirm(row, slot);
    }
  }

  /** A missed row with an age was read then: it may be the first we have of it. */
  #confirmMissed(missed: Set<number>, ages: Readonly<Record<number, number>>, at: number): void {
    for (const row of missed) {
      const age = ages[row];
      if (age !== undefined) this.#confirmRow(row, Math.max(this.confirmedAt(row), at - age));
    }
  }

  #confirmRow(row: number, at: number): void {
    const slot = this.#slots.get(row);
    if (slot !== undefined) this.#confirmed[slot] = at;
  }

  #slot(row: number): number {
    const known = this.#slots.get(row);
    if (known !== undefined) return known;
    const slot = this.#free.pop() ?? this.#used++;
    if (slot >= this.#confirmed.length) this.#grow();
    this.#slots.set(row, slot);
    this.#confirmed[slot] = 0;
    return slot;
  }

  #grow(): void {
    const length = this.#confirmed.length * 2;
    this.#cells = this.#cells.map((old, column) => {
      const grown = allocate(column, length);
      grown.set(old);
      return grown;
    });
    const confirmed = new Float64Array(length);
    confirmed.set(this.#confirmed);
    this.#confirmed = confirmed;
  }
}

/** write puts values into a column: one for each slot, or for the positions given. */
function write(
  cells: Cells,
  slots: Int32Array,
  positions: readonly number[] | undefined,
  values: readonly (number | null)[],
): void {
  if (!positions) {
    for (let i = 0; i < values.length; i++) cells[slots[i] ?? -1] = values[i] ?? Number.NaN;
    return;
  }
  for (let i = 0; i < values.length; i++) {
    const slot = slots[positions[i] ?? -1];
    if (slot !== undefined) cells[slot] = values[i] ?? Number.NaN;
  }
}

const LAG_WINDOW = 60;
const MAX_LAG_MS = 15_000;

/**
 * Lag tells how late a frame is, from its own time and ours, without trusting
 * either clock: the smallest difference among the last frames counts as none.
 * A larger one than a live connection can have means that a clock was set.
 */
class Lag {
  #differences: number[] = [];

  of(at: number, now: number): number {
    const difference = now - at;
    this.#differences.push(difference);
    if (this.#differences.length > LAG_WINDOW) this.#differences.shift();
    let least = difference;
    for (const d of this.#differences) least = Math.min(least, d);
    if (difference - least <= MAX_LAG_MS) return difference - least;
    this.#differences = [difference];
    return 0;
  }
}
