/** Figures as one writes them into two fields: a number and its unit. Pure. */
import type { Unit } from "./conditions";

/** A number as it was typed, and the unit that was chosen. */
export interface Measure {
  readonly text: string;
  readonly unit: string;
}

export type MeasureKind = Unit | "time";

/** The units of each kind and what one of them is worth, the usual one first. */
const UNITS: Readonly<Record<MeasureKind, Readonly<Record<string, number>>>> = {
  percent: { "%": 1 },
  bytes: { MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40, KiB: 2 ** 10, B: 1 },
  rate: { "MB/s": 1e6, "kB/s": 1e3, "GB/s": 1e9, "B/s": 1 },
  time: { s: 1, min: 60, h: 3_600, d: 86_400 },
};

export function unitsOf(kind: MeasureKind): readonly string[] {
  return Object.keys(UNITS[kind]);
}

/** An empty field with the kind's usual unit. */
export function noMeasure(kind: MeasureKind): Measure {
  return { text: "", unit: unitsOf(kind)[0] ?? "" };
}

/** A figure in the largest unit that keeps it whole, or else in the usual one. */
export function measureOf(value: number | null | undefined, kind: MeasureKind): Measure {
  if (value === null || value === undefined) return noMeasure(kind);
  if (value === 0) return { ...noMeasure(kind), text: "0" };
  const sizes = Object.entries(UNITS[kind]).sort((a, b) => b[1] - a[1]);
  const whole = sizes.find(([, size]) => value >= size && Number.isInteger(value / size));
  if (whole) return { text: String(value / whole[1]), unit: whole[0] };
  const fit = sizes.find(([, size]) => value >= size) ?? sizes.at(-1);
  return { text: String(Number((value / (fit?.[1] ?? 1)).toFixed(3))), unit: fit?.[0] ?? "" };
}

/** The figure in the kind's own unit: null for an empty field, NaN for what is no number. */
export function readMeasure(m: Measure, kind: MeasureKind): number | null {
  const text = m.text.trim().replace(",", ".");
  if (text === "") return null;
  if (!/^\d+(\.\d+)?$/.test(text)) return Number.NaN;
  return Number(text) * (UNITS[kind][m.unit] ?? 1);
}
