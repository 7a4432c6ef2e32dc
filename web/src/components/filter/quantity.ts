import type { Unit } from "./fields";

/** A figure as it was typed: a number in the metric's own unit, or a share of the limit. */
export interface Figure {
  readonly value: number;
  /** "mem>80%": percent of the limit. */
  readonly ofLimit: boolean;
}

const EXAMPLE: Readonly<Record<Unit, string>> = {
  percent: "50 or 50%",
  bytes: "200MB, 1.5GiB or 80%",
  rate: "500kB/s or 1MB/s",
  count: "100",
  duration: "30s, 5m, 2h or 1d",
};

/** Begins what is said of a figure without its unit; what would be right follows. */
export const NEEDS_UNIT = "needs a unit: ";

const DECIMAL: Readonly<Record<string, number>> = { b: 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };
const BINARY: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400, w: 604_800 };

/** Reads a figure, or says in a sentence what would be right. */
export function readFigure(text: string, unit: Unit): Figure | string {
  const value = text.trim().toLowerCase();
  const wrong = `should be a figure like ${EXAMPLE[unit]}`;
  const read = (number: number, ofLimit = false): Figure | string =>
    Number.isFinite(number) ? { value: number, ofLimit } : wrong;
  switch (unit) {
    case "percent":
      return read(/^\d+(\.\d+)?%?$/.test(value) ? Number.parseFloat(value) : Number.NaN);
    case "count":
      return read(/^\d+$/.test(value) ? Number(value) : Number.NaN);
    case "duration":
      return read(duration(value));
    case "bytes":
      if (/^\d+(\.\d+)?%$/.test(value)) return read(Number.parseFloat(value), true);
      return noUnit(value) ? `${NEEDS_UNIT}${value}MB` : read(bytes(value));
    case "rate":
      return noUnit(value) ? `${NEEDS_UNIT}${value}kB/s` : read(bytes(value.replace(/\/s$/, "")));
  }
}

/** 0 is 0 in any unit. */
function noUnit(value: string): boolean {
  return /^\d+(\.\d+)?$/.test(value) && Number(value) !== 0;
}

function bytes(value: string): number {
  const m = /^(\d+(?:\.\d+)?)(b|[kmgt](i?)b?)?$/.exec(value);
  if (!m) return Number.NaN;
  const letter = m[2]?.[0] ?? "b";
  const factor = m[3] === "i" ? BINARY[letter] : DECIMAL[letter];
  return Number(m[1]) * (factor ?? Number.NaN);
}

/** Milliseconds of "90s", "1h30m". */
function duration(value: string): number {
  if (!/^(\d+(\.\d+)?(s|min|m|h|d|w))+$/.test(value)) return Number.NaN;
  let sum = 0;
  for (const m of value.matchAll(/(\d+(?:\.\d+)?)(s|min|m|h|d|w)/g)) {
    sum += Number(m[1]) * (SECONDS[m[2] ?? ""] ?? Number.NaN);
  }
  return sum * 1000;
}
