/** What is said of rules, deliveries and of what becomes of messages. Pure. */
import type { AlertPreview, AlertRuleStatus, Delivery, DeliveryAttempt, DeliveryOutcome } from "../../../api/types.gen";
import { formatDuration } from "../../../components/format/duration";
import { parseTime } from "../../../components/format/time";
import { wordsOf } from "./deliveryDraft";
import { lengthText } from "./figures";

export function counted(n: number, one: string, many = `${one}s`): string {
  return n === 1 ? `1 ${one}` : `${n} ${many}`;
}

/** "7 rules look at 42 containers." */
export function watchedText(rules: number | null, containers: number): string {
  if (rules === null) return "";
  if (rules === 0) return "No rule is switched on: nothing is looked for.";
  return `${counted(rules, "rule")} ${rules === 1 ? "looks" : "look"} at ${counted(containers, "container")}.`;
}

/** Where a rule comes from: "built in", "built in, changed", "rules.yaml, line 12". */
export function sourceText(rule: AlertRuleStatus, path: string | undefined): string {
  if (rule.source === "builtin") return rule.changed ? "Built in, changed" : "Built in";
  if (rule.source === "page") return "Made here";
  const name = path === undefined ? "File" : path.slice(path.lastIndexOf("/") + 1);
  return rule.line ? `${name}, line ${rule.line}` : name;
}

/** "Would have fired 3 times in the last 7 days." */
export function previewText(p: AlertPreview, days: number): string {
  const remembered = parseTime(p.until) - parseTime(p.from);
  const short = remembered < days * 86_400_000 * 0.98;
  const last = days === 1 ? "in the last day" : `in the last ${days} days`;
  const when = short ? `in the ${formatDuration(remembered)} that are remembered` : last;
  if (p.unknown) return `What it would have found ${last} is not known.`;
  if (p.total === 0) return `Would not have fired ${when}.`;
  return `Would have fired ${p.total === 1 ? "once" : `${p.total} times`} ${when}.`;
}

export const OUTCOME_WORDS: Readonly<Record<DeliveryOutcome, string>> = {
  sent: "Sent",
  retrying: "Failed, is tried again",
  failed: "Failed",
  dropped: "Dropped",
};

/** What a test came to, in a sentence. */
export function attemptText(a: Pick<DeliveryAttempt, "outcome" | "status" | "error">): string {
  const status = a.status === 0 ? "" : ` (${a.status})`;
  if (a.outcome === "sent") return `It arrived${status}.`;
  const why = a.error === "" ? "it was not taken" : a.error;
  return `It did not arrive${status}: ${why.replace(/\.$/, "")}.`;
}

/** What a delivery tells, and when: "Warning and worse, also when it is over, together for 10 s, again after 4 h". */
export function deliverySays(d: Delivery): string {
  const least = { info: "Everything", warning: "Warning and worse", critical: "Critical only" } as const;
  const parts: string[] = [least[d.minSeverity]];
  if (d.resolved) parts.push("also when it is over");
  if (d.groupSeconds > 0) parts.push(`gathered for ${lengthText(d.groupSeconds)}`);
  if (d.repeatSeconds > 0) parts.push(`again after ${lengthText(d.repeatSeconds)}`);
  return parts.join(", ");
}

/** Where it goes, for the list. */
export function deliveryTarget(d: Delivery): string {
  if (d.kind !== "mail") return d.url;
  return d.mail ? `${d.mail.to.join(", ")} by ${d.mail.host}` : wordsOf(d.kind).label;
}

/** When "until tomorrow" ends: eight in the morning, where the page is looked at. */
export function untilTomorrow(now: number): number {
  const at = new Date(now);
  at.setDate(at.getDate() + 1);
  at.setHours(8, 0, 0, 0);
  return Math.round((at.getTime() - now) / 1000);
}

export interface SnoozeChoice {
  readonly label: string;
  seconds(now: number): number;
}

export const SNOOZES: readonly SnoozeChoice[] = [
  { label: "15 minutes", seconds: () => 15 * 60 },
  { label: "1 hour", seconds: () => 3_600 },
  { label: "8 hours", seconds: () => 8 * 3_600 },
  { label: "Until tomorrow, 8:00", seconds: untilTomorrow },
];
