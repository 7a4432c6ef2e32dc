/** Figures and lengths of time of rules, as they are said and as they are written into fields. */
import type { Alert, AlertRule } from "../../../api/types.gen";
import { formatBytes, formatRate, quantityText } from "../../../components/format/quantity";
import { conditionOf, type Unit, unitOf } from "./conditions";

/** "95 %", "1.50 GiB", "2.00 MB/s" */
export function figureText(value: number, unit: Unit): string {
  if (unit === "bytes") return quantityText(formatBytes(value));
  if (unit === "rate") return quantityText(formatRate(value));
  return `${Number(value.toFixed(2))} %`;
}

/** What a length of time is called in a rule: "1 min", "90 s", "1 h 30 min". */
export function lengthText(seconds: number): string {
  const parts: string[] = [];
  let rest = Math.round(seconds);
  for (const [size, name] of [
    [86_400, "d"],
    [3_600, "h"],
    [60, "min"],
    [1, "s"],
  ] as const) {
    const n = Math.floor(rest / size);
    if (n > 0) parts.push(`${n} ${name}`);
    rest -= n * size;
  }
  return parts.slice(0, 2).join(" ") || "0 s";
}

/** What a rule's condition is, as a sentence without its stop: "Memory over 95 % of its limit for 1 min". */
export function sentence(rule: AlertRule): string {
  const held = rule.forSeconds > 0 ? ` for ${lengthText(rule.forSeconds)}` : "";
  return `${what(rule)}${held}`;
}

function what(rule: AlertRule): string {
  const c = conditionOf(rule.on);
  if (rule.on === "crash-loop") {
    const times = rule.times ?? 0;
    return `Ends ${times} ${times === 1 ? "time" : "times"} within ${lengthText(rule.withinSeconds ?? 0)}`;
  }
  const unit = unitOf(rule.on, rule.of);
  const { above } = rule;
  if (unit === null || above === undefined || above === null) return c.says;
  return `${c.says} over ${figureText(above, unit)}${ofWhat(rule)}`;
}

function ofWhat(rule: AlertRule): string {
  if (rule.of === "limit") return " of its limit";
  return rule.of === "core" || rule.on === "own-cpu" ? " of one core" : "";
}

/** What a rule looks at, for the line under its sentence. */
export function scope(rule: AlertRule): string {
  const c = conditionOf(rule.on);
  if (!c.ofContainers) return c.group === "Engine" ? "Every engine" : "Quaywatch itself";
  return rule.match ? "" : "Every container";
}

/** So little memory is a percentage: an alert does not say what its figure is compared with. */
const PERCENT_AT_MOST = 1_000;

/** An alert's figure as last seen, "" where it has none. */
export function alertValue(alert: Pick<Alert, "on" | "value">): string {
  if (alert.value === null) return "";
  const share = alert.on === "memory" && alert.value <= PERCENT_AT_MOST;
  const unit = share ? "percent" : (unitOf(alert.on, alert.on === "memory" ? "bytes" : undefined) ?? null);
  if (unit === null) return "";
  // As the alert's sentence beside it has it: 99.9 % is not the limit yet.
  const digit = alert.value < 10 ? 10 : 1;
  return figureText(unit === "percent" ? Math.floor(alert.value * digit) / digit : alert.value, unit);
}
