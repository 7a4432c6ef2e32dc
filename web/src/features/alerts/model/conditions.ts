/** What rules look for, in words, and which fields a rule on each has. */
import type { AlertBase, AlertCondition, AlertSeverity } from "../../../api/types.gen";

/** What a condition's figure is. */
export type Unit = "percent" | "bytes" | "rate";

export interface Condition {
  readonly on: AlertCondition;
  readonly group: "State" | "Metric" | "Engine" | "Quaywatch";
  /** In a list of choices. */
  readonly label: string;
  /** What it looks at, beginning a sentence: "Memory over 95 % of its limit". Of a state, the whole of it. */
  readonly says: string;
  /** Of its figure, where it has one that does not depend on the base. */
  readonly unit?: Unit;
  /** What its figure may be compared with, the usual one first. */
  readonly bases?: readonly AlertBase[];
  /** Whether it chooses containers. */
  readonly ofContainers: boolean;
}

const state = (on: AlertCondition, label: string, says: string): Condition => ({
  on,
  group: "State",
  label,
  says,
  ofContainers: true,
});

const metric = (on: AlertCondition, label: string, unit: Unit): Condition => ({
  on,
  group: "Metric",
  label,
  says: label,
  unit,
  ofContainers: true,
});

export const CONDITIONS: readonly Condition[] = [
  state("exited", "Exited with an error", "Ended with another exit code than 0"),
  state("unhealthy", "Unhealthy", "Its health check fails"),
  state("crash-loop", "Crash loop", "Ends again and again"),
  state("oom", "Out of memory", "The kernel killed a process of it for want of memory"),
  state("paused", "Paused", "Is paused"),
  state("missing", "Missing", "Should run and does not"),
  { ...metric("cpu", "CPU", "percent"), bases: ["limit", "core"] },
  { ...metric("memory", "Memory", "bytes"), bases: ["limit", "bytes"] },
  metric("disk-read", "Disk reads", "rate"),
  metric("disk-write", "Disk writes", "rate"),
  metric("network-receive", "Network received", "rate"),
  metric("network-transmit", "Network sent", "rate"),
  metric("throttled", "Throttled CPU periods", "percent"),
  metric("cpu-pressure", "CPU pressure", "percent"),
  metric("memory-pressure", "Memory pressure", "percent"),
  metric("io-pressure", "I/O pressure", "percent"),
  { on: "engine-down", group: "Engine", label: "Unreachable", says: "The engine does not answer", ofContainers: false },
  {
    on: "engine-disk",
    group: "Engine",
    label: "Disk use",
    says: "The engine's disk use",
    unit: "bytes",
    ofContainers: false,
  },
  {
    on: "own-cpu",
    group: "Quaywatch",
    label: "Own CPU",
    says: "Quaywatch's CPU",
    unit: "percent",
    ofContainers: false,
  },
  {
    on: "own-memory",
    group: "Quaywatch",
    label: "Own memory",
    says: "Quaywatch's memory",
    unit: "bytes",
    ofContainers: false,
  },
];

const BY_NAME = new Map(CONDITIONS.map((c) => [c.on, c]));

/** The condition of a name; one that this page does not know yet is called by it. */
export function conditionOf(on: AlertCondition): Condition {
  return BY_NAME.get(on) ?? state(on, on, on);
}

/** What the figure of a condition is written in, null where it has none. */
export function unitOf(on: AlertCondition, of: AlertBase | undefined): Unit | null {
  const c = conditionOf(on);
  if (c.bases !== undefined) return of === "bytes" ? "bytes" : "percent";
  return c.unit ?? null;
}

/** From the worst. */
export const SEVERITIES: readonly AlertSeverity[] = ["critical", "warning", "info"];

export const SEVERITY_WORDS: Readonly<Record<AlertSeverity, string>> = {
  critical: "Critical",
  warning: "Warning",
  info: "Info",
};

export function severityRank(severity: AlertSeverity): number {
  const at = SEVERITIES.indexOf(severity);
  return at < 0 ? SEVERITIES.length : at;
}
