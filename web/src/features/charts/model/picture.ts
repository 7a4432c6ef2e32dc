import { breaksOf, type GapFacts, gapsOf } from "./gaps";
import { CHARTED, type Cols, emptyCols, type History } from "./history";
import type { Interval } from "./interval";
import type { Marker } from "./life";

/** What all charts show: the samples of a window, with a row of nothing wherever a line must break. */
export interface Picture {
  readonly from: number;
  readonly to: number;
  readonly at: readonly number[];
  readonly cols: Readonly<Cols>;
  /** The positions of the rows of nothing. */
  readonly breaks: ReadonlySet<number>;
  readonly tickMs: number;
  /** The times of which nothing is known. */
  readonly gaps: readonly Interval[];
  readonly markers: readonly Marker[];
  /** The moment that is looked around; null where the picture is of now. */
  readonly moment: number | null;
}

/** pictureOf cuts a window out of the past. */
export function pictureOf(
  history: History,
  facts: Omit<GapFacts, "at" | "watched">,
  markers: readonly Marker[],
  from: number,
  to: number,
  moment: number | null = null,
): Picture {
  const { first, end } = history.within(from, to);
  const at = history.at.slice(first, end);
  const whole: GapFacts = { ...facts, at, watched: history.watched };
  const apart = new Set(breaksOf(whole));
  const breaks = new Set<number>();
  const cols = emptyCols();
  const times: number[] = [];
  for (let i = 0; i < at.length; i++) {
    const t = at[i] ?? 0;
    if (apart.has(i)) {
      breaks.add(times.length);
      times.push(((at[i - 1] ?? t) + t) / 2);
      for (const name of CHARTED) cols[name].push(null);
    }
    times.push(t);
    for (const name of CHARTED) cols[name].push(history.cols[name][first + i] ?? null);
  }
  return {
    from,
    to,
    at: times,
    cols,
    breaks,
    tickMs: facts.tickMs,
    gaps: gapsOf(whole, from, to),
    markers: markers.filter((m) => m.at >= from && m.at <= to),
    moment,
  };
}
