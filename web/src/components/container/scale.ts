/** What a container’s numbers are measured against, and how that is said. */
import type { CpuBase } from "../preferences";

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

/** The part of it that CPU needs. */
export type CpuScale = Pick<Scale, "base" | "cpus" | "cpuLimit">;

/** The base that can be had: a container without a limit, or a machine of unknown size, is told of one core. */
export function baseOf(s: CpuScale): CpuBase {
  if (s.base === "limit" && s.cpuLimit === null) return "core";
  return s.base === "host" && s.cpus <= 0 ? "core" : s.base;
}

/** What 100 % is, to follow a percentage: "of one core". */
export function baseWords(s: CpuScale): string {
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

/** How many cores 100 % are. */
export function coresOf(s: CpuScale): number {
  switch (baseOf(s)) {
    case "core":
      return 1;
    case "host":
      return s.cpus;
    case "limit":
      return s.cpuLimit ?? 1;
  }
}
