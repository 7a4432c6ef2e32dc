import {
  DASH,
  formatBytes,
  formatRate,
  type Quantity,
  quantityText,
  threeDigits,
} from "../../../components/format/quantity";
import type { CpuBase } from "../../../components/preferences";
import type { Charted } from "./history";

export type ChartId = "cpu" | "mem" | "net" | "io" | "pids" | "throttled" | "psi";

export interface LineSpec {
  readonly column: Charted;
  /** What tells it from the chart's other lines; "" where there is one. */
  readonly label: string;
}

export interface ChartSpec {
  readonly id: ChartId;
  readonly title: string;
  readonly lines: readonly LineSpec[];
  /** Shown only where the engine's machine tells such values. */
  readonly optional: boolean;
}

export const CHARTS: readonly ChartSpec[] = [
  { id: "cpu", title: "CPU", lines: [{ column: "cpu", label: "" }], optional: false },
  { id: "mem", title: "Memory", lines: [{ column: "mem", label: "" }], optional: false },
  {
    id: "net",
    title: "Network",
    lines: [
      { column: "rxRate", label: "received" },
      { column: "txRate", label: "sent" },
    ],
    optional: false,
  },
  {
    id: "io",
    title: "Block I/O",
    lines: [
      { column: "readRate", label: "read" },
      { column: "writeRate", label: "written" },
    ],
    optional: false,
  },
  { id: "pids", title: "Processes and threads", lines: [{ column: "pids", label: "" }], optional: false },
  {
    id: "throttled",
    title: "CPU throttling",
    lines: [{ column: "throttled", label: "" }],
    optional: true,
  },
  {
    id: "psi",
    title: "Pressure (PSI)",
    lines: [
      { column: "psiCpu", label: "CPU" },
      { column: "psiMem", label: "memory" },
      { column: "psiIo", label: "I/O" },
    ],
    optional: true,
  },
];

/** What the numbers of a container are measured against. */
export interface Scale {
  readonly base: CpuBase;
  readonly units: "binary" | "decimal";
  /** Cores of the machine, 0 where not known. */
  readonly cpus: number;
  /** In cores; null is unlimited. */
  readonly cpuLimit: number | null;
  /** In bytes; null is unlimited. */
  readonly memoryLimit: number | null;
}

/** The base that can be had: a container without a limit, or a machine of unknown size, is told of one core. */
export function baseOf(s: Scale): CpuBase {
  if (s.base === "limit" && s.cpuLimit === null) return "core";
  return s.base === "host" && s.cpus <= 0 ? "core" : s.base;
}

/** What 100 % is, to follow a percentage: "of one core". */
export function baseWords(s: Scale): string {
  switch (baseOf(s)) {
    case "core":
      return "of one core";
    case "host":
      return `of the host’s ${s.cpus} ${s.cpus === 1 ? "core" : "cores"}`;
    case "limit":
      return `of its limit, ${coresText(s.cpuLimit ?? 0)}`;
  }
}

export function coresText(cores: number): string {
  return `${Number(cores.toFixed(2))} ${cores === 1 ? "core" : "cores"}`;
}

/** By what a cell of the wire becomes the number that is drawn: percent, bytes, counts. */
export function factor(id: ChartId, s: Scale): number {
  if (id === "throttled" || id === "psi") return 0.01;
  return id === "cpu" ? 0.01 / cores(s) : 1;
}

function cores(s: Scale): number {
  switch (baseOf(s)) {
    case "core":
      return 1;
    case "host":
      return s.cpus;
    case "limit":
      return s.cpuLimit ?? 1;
  }
}

/** The limit as a number that is drawn; null where there is none. */
export function limitOf(id: ChartId, s: Scale): number | null {
  if (id === "cpu" && s.cpuLimit !== null) return (s.cpuLimit * 100) / cores(s);
  return id === "mem" ? s.memoryLimit : null;
}

/** A drawn number in words. */
export function quantityOf(id: ChartId, value: number, s: Scale): Quantity {
  if (Number.isNaN(value)) return { value: DASH, unit: "" };
  switch (id) {
    case "mem":
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
