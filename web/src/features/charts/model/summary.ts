/** A line in four numbers; NaN where nothing is known. */
export interface Summary {
  readonly min: number;
  readonly avg: number;
  readonly max: number;
  readonly last: number;
}

/**
 * summaryOf weighs each sample by the time it stands for, at most capMs: the mean
 * of a line that was sampled slowly for an hour and fast for a minute is not the
 * mean of its samples.
 */
export function summaryOf(at: readonly number[], values: readonly (number | null)[], capMs: number): Summary {
  let min = Number.NaN;
  let max = Number.NaN;
  let last = Number.NaN;
  let sum = 0;
  let weight = 0;
  for (let i = 0; i < at.length; i++) {
    const v = values[i];
    if (v === null || v === undefined) continue;
    const t = at[i] ?? 0;
    const stands = i === 0 ? capMs : Math.min(capMs, t - (at[i - 1] ?? t));
    const w = Math.max(1, stands);
    sum += v * w;
    weight += w;
    if (!(v >= min)) min = v;
    if (!(v <= max)) max = v;
    last = v;
  }
  return { min, avg: weight === 0 ? Number.NaN : sum / weight, max, last };
}
