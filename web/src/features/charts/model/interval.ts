/** A time from one moment to another, Unix milliseconds. */
export interface Interval {
  from: number;
  to: number;
}

/** The union, ascending and without overlaps; what is empty is left out. */
export function union(intervals: readonly Interval[]): Interval[] {
  const out: Interval[] = [];
  for (const next of [...intervals].sort((a, b) => a.from - b.from)) {
    if (next.to <= next.from) continue;
    const last = out.at(-1);
    if (last && next.from <= last.to) last.to = Math.max(last.to, next.to);
    else out.push({ from: next.from, to: next.to });
  }
  return out;
}

/** What is in a and in none of b. */
export function without(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const cuts = union(b);
  return union(a).flatMap((whole) => {
    const left: Interval[] = [];
    let from = whole.from;
    for (const cut of cuts) {
      if (cut.to <= from || cut.from >= whole.to) continue;
      if (cut.from > from) left.push({ from, to: cut.from });
      from = cut.to;
    }
    if (from < whole.to) left.push({ from, to: whole.to });
    return left;
  });
}

/** The parts within a window. */
export function clip(intervals: readonly Interval[], from: number, to: number): Interval[] {
  return intervals.map((i) => ({ from: Math.max(i.from, from), to: Math.min(i.to, to) })).filter((i) => i.to > i.from);
}

/** How much of a window the intervals cover; asked of one window after the other, ascending. */
export function coverage(intervals: readonly Interval[]): (from: number, to: number) => number {
  const list = union(intervals);
  let first = 0;
  return (from, to) => {
    while ((list[first]?.to ?? Number.POSITIVE_INFINITY) <= from) first++;
    let sum = 0;
    for (let i = first; (list[i]?.from ?? Number.POSITIVE_INFINITY) < to; i++) {
      sum += Math.min(list[i]?.to ?? to, to) - Math.max(list[i]?.from ?? from, from);
    }
    return sum;
  };
}
