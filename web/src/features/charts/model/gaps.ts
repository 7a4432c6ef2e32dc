import { clip, coverage, type Interval, without } from "./interval";

/** What is needed to tell a pause between two samples from a time of which nothing is known. */
export interface GapFacts {
  /** The samples' times, ascending. */
  readonly at: readonly number[];
  /** Now, by the clock of the samples. */
  readonly now: number;
  /** How often a container that is looked at is sampled, and one that is not. */
  readonly tickMs: number;
  readonly restMs: number;
  /** When this page looked. */
  readonly watched: readonly Interval[];
  /** When the link was down: nothing could come, whatever was made up for later. */
  readonly downs: readonly Interval[];
  /** When there was nothing to measure, because the container did not run. */
  readonly idle: readonly Interval[];
}

/** Two missed ticks happen; the third says that something is wrong (as the table's freshness does). */
const MISSED_TICKS = 3.25;
/** The slow pace may be late by so much. */
const SLACK = 1.5;

/** How far apart two samples may be before the time between them is not known. */
export function allowed(from: number, to: number, f: GapFacts): number {
  // The server's times and those we took of the same samples differ by the way between us.
  const looked = f.watched.some((w) => w.from - f.tickMs <= from && to <= w.to + f.tickMs);
  return looked ? MISSED_TICKS * f.tickMs : SLACK * Math.max(f.restMs, f.tickMs);
}

/**
 * gapsOf returns the times within a window of which nothing is known, though
 * there was something to know: between samples too far apart, before the first,
 * after the last, and whenever the link was down.
 */
export function gapsOf(f: GapFacts, from: number, to: number): Interval[] {
  const end = Math.min(to, f.now);
  const gaps: Interval[] = [...f.downs];
  let before = Number.NEGATIVE_INFINITY;
  for (const at of f.at) {
    if (at - before > allowed(before, at, f)) gaps.push({ from: before, to: at });
    before = at;
  }
  const looking = Math.abs((f.watched.at(-1)?.to ?? Number.NEGATIVE_INFINITY) - before) <= f.tickMs;
  const silent = looking ? MISSED_TICKS * f.tickMs : allowed(before, f.now, f);
  if (f.now - before > silent) gaps.push({ from: before, to: f.now });
  return clip(without(gaps, f.idle), from, end);
}

/**
 * The positions before which a line must break: its two ends are no neighbours
 * in time, or it did not run for the most of it. (A restart takes a part of a
 * second, and has its marker: broken at each, the line of a container that
 * restarts over and over would be a row of dots.)
 */
export function breaksOf(f: GapFacts): number[] {
  const downs = coverage(f.downs);
  const idle = coverage(f.idle);
  const out: number[] = [];
  for (let i = 1; i < f.at.length; i++) {
    const from = f.at[i - 1] ?? 0;
    const to = f.at[i] ?? 0;
    const rested = idle(from, to);
    const stood = rested >= f.tickMs && rested > (to - from) / 2;
    if (stood || to - from > allowed(from, to, f) || downs(from, to) > 0) out.push(i);
  }
  return out;
}

/**
 * unknownRuns returns the times in which the samples have no value of one
 * column, longer than a missed tick or two. A break ends a run: what is between
 * its two sides is not the samples' affair.
 */
export function unknownRuns(
  at: readonly number[],
  values: readonly (number | null)[],
  breaks: ReadonlySet<number>,
  tickMs: number,
): Interval[] {
  const out: Interval[] = [];
  let from: number | null = null;
  let before: number | null = null;
  for (let i = 0; i <= at.length; i++) {
    const ends = i === at.length || breaks.has(i);
    const t = at[i] ?? 0;
    if (!ends && (values[i] ?? null) === null) from ??= before ?? t;
    else if (from !== null) {
      out.push({ from, to: ends ? (before ?? from) : t });
      from = null;
    }
    before = ends ? null : t;
  }
  return out.filter((g) => g.to - g.from > MISSED_TICKS * tickMs);
}
