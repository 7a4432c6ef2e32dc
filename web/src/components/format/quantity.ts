/**
 * Numbers as the page writes them: three significant digits, the unit apart so
 * that it can be set in a quieter tone, and never a width that depends on the
 * value. A number that is not known is NaN here and "—" on the screen.
 */
import { unitsPreference } from "../preferences";

export interface Quantity {
  value: string;
  unit: string;
}

export const DASH = "—";

const UNKNOWN: Quantity = { value: DASH, unit: "" };
const BINARY = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;
const DECIMAL = ["B", "kB", "MB", "GB", "TB", "PB"] as const;
const DECIMAL_RATE = ["B/s", "kB/s", "MB/s", "GB/s", "TB/s"] as const;

/** Three significant digits, with the thresholds where rounding adds a digit. */
export function threeDigits(x: number): string {
  const a = Math.abs(x);
  if (a < 9.995) return x.toFixed(2);
  if (a < 99.95) return x.toFixed(1);
  return Math.round(x).toString();
}

function scale(x: number, base: number, units: readonly string[]): Quantity {
  if (Number.isNaN(x)) return UNKNOWN;
  let i = 0;
  let v = x;
  // 999.5 would round to a fourth digit, so it belongs to the next unit.
  while (Math.abs(v) >= (i === 0 ? 1000 : 999.5) && i < units.length - 1) {
    v /= base;
    i++;
  }
  const unit = units[i] ?? "";
  return { value: i === 0 ? Math.round(v).toString() : threeDigits(v), unit };
}

/** Sizes of memory and totals, in powers of 1024 as the docker CLI prints them, or of 1000 for those who chose so. */
export function formatBytes(bytes: number, units: "binary" | "decimal" = unitsPreference.get()): Quantity {
  return units === "binary" ? scale(bytes, 1024, BINARY) : scale(bytes, 1000, DECIMAL);
}

/** Rates in bytes a second, in powers of 1000 as links and disks are sold. */
export function formatRate(bytesPerSecond: number): Quantity {
  return scale(bytesPerSecond, 1000, DECIMAL_RATE);
}

/** Percent from hundredths of a percent, the unit of the cpu column. */
export function formatCentipercent(hundredths: number): Quantity {
  if (Number.isNaN(hundredths)) return UNKNOWN;
  return { value: hundredths === 0 ? "0" : threeDigits(hundredths / 100), unit: "%" };
}

/** A share of a whole as a whole percentage, or "" when either is not known. */
export function formatShare(part: number, whole: number): string {
  if (Number.isNaN(part) || Number.isNaN(whole) || whole <= 0) return "";
  const percent = (part / whole) * 100;
  if (percent > 0 && percent < 1) return "<1%";
  return `${Math.round(percent)}%`;
}

/** A quantity in one string, for titles and announcements. */
export function quantityText(q: Quantity): string {
  return q.unit === "" ? q.value : `${q.value} ${q.unit}`;
}
