import { baseWords, coresOf, type Scale } from "../../../components/container/scale";
import {
  DASH,
  formatBytes,
  formatRate,
  type Quantity,
  quantityText,
  threeDigits,
} from "../../../components/format/quantity";
import type { Charted, History } from "./history";

export type ChartId = "cpu" | "mem" | "swap" | "net" | "io" | "pids" | "throttled" | "psi";

export interface LineSpec {
  readonly column: Charted;
  /** What tells it from the chart's other lines; "" where there is one. */
  readonly label: string;
}

export interface ChartSpec {
  readonly id: ChartId;
  readonly title: string;
  readonly lines: readonly LineSpec[];
  /** Shown always; only where the engine's machine tells such values; only where there are some. */
  readonly shown: "always" | "known" | "used";
}

export const CHARTS: readonly ChartSpec[] = [
  { id: "cpu", title: "CPU", lines: [{ column: "cpu", label: "" }], shown: "always" },
  { id: "mem", title: "Memory", lines: [{ column: "mem", label: "" }], shown: "always" },
  // Where nothing is swapped, which is nearly everywhere, a picture of it would be of nothing.
  { id: "swap", title: "Swap", lines: [{ column: "swap", label: "" }], shown: "used" },
  {
    id: "net",
    title: "Network",
    lines: [
      { column: "rxRate", label: "received" },
      { column: "txRate", label: "sent" },
    ],
    shown: "always",
  },
  {
    id: "io",
    title: "Block I/O",
    lines: [
      { column: "readRate", label: "read" },
      { column: "writeRate", label: "written" },
    ],
    shown: "always",
  },
  { id: "pids", title: "Processes and threads", lines: [{ column: "pids", label: "" }], shown: "always" },
  {
    id: "throttled",
    title: "CPU throttling",
    lines: [{ column: "throttled", label: "" }],
    shown: "known",
  },
  {
    id: "psi",
    title: "Pressure (PSI)",
    lines: [
      { column: "psiCpu", label: "CPU" },
      { column: "psiMem", label: "memory" },
      { column: "psiIo", label: "I/O" },
    ],
    shown: "known",
  },
];

/** Whether there is anything to show in a chart. */
export function isShown(chart: ChartSpec, past: Pick<History, "knows" | "uses">): boolean {
  if (chart.shown === "always") return true;
  return chart.lines.some(({ column }) => (chart.shown === "known" ? past.knows(column) : past.uses(column)));
}

/** By what a cell of the wire becomes the number that is drawn: percent, bytes, counts. */
export function factor(id: ChartId, s: Scale): number {
  if (id === "throttled" || id === "psi") return 0.01;
  return id === "cpu" ? 0.01 / coresOf(s) : 1;
}

/** The limit as a number that is drawn; null where there is none. */
export function limitOf(id: ChartId, s: Scale): number | null {
  if (id === "cpu" && s.cpuLimit !== null) return (s.cpuLimit * 100) / coresOf(s);
  return id === "mem" ? s.memoryLimit : null;
}

/** A drawn number in words. */
export function quantityOf(id: ChartId, value: number, s: Scale): Quantity {
  if (Number.isNaN(value)) return { value: DASH, unit: "" };
  switch (id) {
    case "mem":
    case "swap":
      return formatBytes(value, s.units);
    case "net":
    case "io":
      return formatRate(value);
    case "pids":
      return { value: String(Math.round(value)), unit: "" };
    default:
      return { value: value === 0 ? "0" : threeDigits(value), unit: "%" };
  }
}

/** What a chart's numbers are of, beside its title. */
export function ofWords(id: ChartId, s: Scale): string {
  switch (id) {
    case "cpu":
      return baseWords(s);
    case "mem":
      return s.memoryLimit === null ? "no limit" : `limit ${quantityText(formatBytes(s.memoryLimit, s.units))}`;
    case "throttled":
      return "of its periods";
    case "psi":
      return "of the last 10 s something waited";
    default:
      return "";
  }
}
