import type { Scale } from "../../../components/container/scale";
import { lowerBound } from "./history";
import type { Picture } from "./picture";
import { type ChartSpec, factor } from "./specs";

/** A row of the table that stands for the pictures: a stretch of time and the mean of each line in it. */
export interface TableRow {
  readonly from: number;
  readonly to: number;
  /** NaN where nothing is known. */
  readonly cells: readonly number[];
}

/** tableOf cuts the window into so many equal stretches, the newest first. */
export function tableOf(p: Picture, charts: readonly ChartSpec[], scale: Scale, rows: number): TableRow[] {
  const lines = charts.flatMap((c) => c.lines.map((l) => ({ column: l.column, by: factor(c.id, scale) })));
  const width = (p.to - p.from) / rows;
  return Array.from({ length: rows }, (_, i) => {
    const to = p.to - i * width;
    const from = to - width;
    const first = lowerBound(p.at, from);
    const end = lowerBound(p.at, to);
    const cells = lines.map(({ column, by }) => mean(p.cols[column].slice(first, end)) * by);
    return { from, to, cells };
  });
}

function mean(values: readonly (number | null)[]): number {
  const known = values.filter((v) => v !== null);
  return known.length === 0 ? Number.NaN : known.reduce((a, b) => a + b, 0) / known.length;
}
