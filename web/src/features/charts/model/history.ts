import type { ColumnName } from "../../../api/columns.gen";
import type { Series } from "../../../api/types.gen";
import type { Interval } from "./interval";

/** The columns that are drawn or exported. */
export const CHARTED = [
  "cpu",
  "mem",
  "memLimit",
  "swap",
  "rxRate",
  "txRate",
  "readRate",
  "writeRate",
  "pids",
  "throttled",
  "psiCpu",
  "psiMem",
  "psiIo",
] as const satisfies readonly ColumnName[];

export type Charted = (typeof CHARTED)[number];

/** Values of one time; null is not known. */
export type Values = Readonly<Record<Charted, number | null>>;

export type Cols = Record<Charted, (number | null)[]>;

export function emptyCols(): Cols {
  return Object.fromEntries(CHARTED.map((name) => [name, []])) as unknown as Cols;
}

/** An hour at the usual second a sample, and what a late trim may leave besides. */
const KEPT_MS = 3_700_000;
const TRIM_EVERY = 256;

/**
 * The past of one container's metrics as the page knows it: what the server has
 * kept, and behind it what came live. Bounded to a little more than an hour.
 */
export class History {
  /** Unix milliseconds of the server's clock, ascending. */
  at: number[] = [];
  cols: Cols = emptyCols();
  /**
   * When this page looked at the container, so that a sample was due each tick;
   * outside of these, samples came at the server's slow pace.
   */
  readonly watched: Interval[] = [];
  /** Since when anything can be known at all; null before the server has told. */
  recordedFrom: number | null = null;
  #open = false;

  get last(): number {
    return this.at.at(-1) ?? Number.NEGATIVE_INFINITY;
  }

  /** Adds what came live. What is not later than the last sample by half a tick is that sample again. */
  append(at: number, values: Values, tickMs: number): boolean {
    if (at <= this.last + tickMs / 2) {
      // Told by the server's past already: still, from here on somebody looks.
      if (at >= this.last - tickMs / 2) this.#look(this.last);
      return false;
    }
    this.at.push(at);
    for (const name of CHARTED) this.cols[name].push(values[name]);
    this.#look(at);
    if (this.at.length % TRIM_EVERY === 0) this.#trim(at - KEPT_MS);
    return true;
  }

  /** From now on nobody looks, and the pace is the slow one until the next append. */
  unwatched(): void {
    this.#open = false;
  }

  /** Puts in what the server has kept: it knows the time it covers better than we do. */
  fill(series: Series, tickMs: number): void {
    this.recordedFrom = Math.min(this.recordedFrom ?? Number.POSITIVE_INFINITY, series.from);
    const first = series.at[0];
    const last = series.at.at(-1);
    if (first === undefined || last === undefined) return;
    const before = this.at.findIndex((t) => t >= first);
    const head = before < 0 ? this.at.length : before;
    const after = this.at.findIndex((t) => t > last + tickMs / 2);
    const tail = after < 0 ? this.at.length : after;
    this.at = [...this.at.slice(0, head), ...series.at, ...this.at.slice(tail)];
    for (const name of CHARTED) {
      const old = this.cols[name];
      const told = series.cols[name] ?? series.at.map(() => null);
      this.cols[name] = [...old.slice(0, head), ...told, ...old.slice(tail)];
    }
  }

  /** The positions of the samples within a time, and one more at each side for the lines that leave it. */
  within(from: number, to: number): { first: number; end: number } {
    const first = lowerBound(this.at, from);
    const end = lowerBound(this.at, to + 1);
    return { first: Math.max(0, first - 1), end: Math.min(this.at.length, end + 1) };
  }

  /** Whether anything is known of a column. */
  knows(name: Charted): boolean {
    return this.cols[name].some((v) => v !== null);
  }

  /** Whether a column was ever more than nothing. */
  uses(name: Charted): boolean {
    return this.cols[name].some((v) => v !== null && v > 0);
  }

  #look(at: number): void {
    const current = this.watched.at(-1);
    if (this.#open && current) current.to = Math.max(current.to, at);
    else this.watched.push({ from: at, to: at });
    this.#open = true;
  }

  #trim(before: number): void {
    const gone = lowerBound(this.at, before);
    if (gone === 0) return;
    this.at = this.at.slice(gone);
    for (const name of CHARTED) this.cols[name] = this.cols[name].slice(gone);
    while ((this.watched[0]?.to ?? Number.POSITIVE_INFINITY) < before) this.watched.shift();
  }
}

/** The position of the first value that is not less. */
export function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const mid = (low + high) >>> 1;
    if ((sorted[mid] ?? 0) < value) low = mid + 1;
    else high = mid;
  }
  return low;
}
