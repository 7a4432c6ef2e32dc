/** The alerts of now, in the order in which somebody should look at them. Pure. */
import type { AlertQuery } from "../../../api/alerts";
import type { Alert } from "../../../api/types.gen";
import { severityRank } from "./conditions";

/** firing: somebody should look. hushed: it fires, and somebody knows. */
export type Standing = "firing" | "pending" | "hushed";

export interface AlertLine {
  readonly key: string;
  readonly alert: Alert;
  readonly standing: Standing;
}

export function alertKey(a: Pick<Alert, "engine" | "id">): string {
  return `${a.engine}/${a.id}`;
}

/** Null for what is over. */
export function standingOf(a: Alert): Standing | null {
  if (a.state === "resolved") return null;
  if (a.state === "pending") return "pending";
  return a.acknowledged !== null || a.snoozed !== null ? "hushed" : "firing";
}

const ORDER: readonly Standing[] = ["firing", "hushed", "pending"];

/** Those that are not over: what needs a look, what somebody looks after, what may come; the worst and then the newest first. */
export function activeLines(alerts: Iterable<Alert>): AlertLine[] {
  const lines: AlertLine[] = [];
  for (const alert of alerts) {
    const standing = standingOf(alert);
    if (standing !== null) lines.push({ key: alertKey(alert), alert, standing });
  }
  return lines.sort(
    (a, b) =>
      ORDER.indexOf(a.standing) - ORDER.indexOf(b.standing) ||
      severityRank(a.alert.severity) - severityRank(b.alert.severity) ||
      since(b.alert) - since(a.alert) ||
      (a.key < b.key ? -1 : 1),
  );
}

/** Since when: of what fires since it does, of what is pending since its condition holds. */
export function since(a: Alert): number {
  return Date.parse(a.firedAt ?? a.activeAt);
}

/** When it was over, or else when it was last known to begin: the order of the past. */
export function lastTime(a: Alert): number {
  return Date.parse(a.resolvedAt ?? a.firedAt ?? a.activeAt);
}

/** The past as it was read, with what has changed since. What the stream knows is newer. */
export function mergeHistory(
  read: readonly Alert[],
  live: Iterable<Alert>,
  wanted: (a: Alert) => boolean,
  complete: boolean,
): Alert[] {
  const byKey = new Map(read.map((a) => [alertKey(a), a]));
  // Beyond the last page that was read, what the stream knows would stand beside a gap.
  const oldest = complete ? Number.NEGATIVE_INFINITY : Math.min(...read.map((a) => Date.parse(a.activeAt)));
  for (const a of live) {
    const key = alertKey(a);
    if (byKey.has(key)) byKey.set(key, a);
    else if (a.state !== "pending" && Date.parse(a.activeAt) >= oldest) byKey.set(key, a);
  }
  return [...byKey.values()]
    .filter(wanted)
    .sort((a, b) => Date.parse(b.activeAt) - Date.parse(a.activeAt) || (a.id < b.id ? 1 : -1));
}

/** Whether each word that was typed stands somewhere in an alert. */
export function fits(a: Alert, query: string): boolean {
  const text = [a.summary, a.name, a.project, a.image, a.rule, a.severity].join("\n").toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Whether an alert is one of those that are asked for. */
export function wantedBy(query: AlertQuery): (a: Alert) => boolean {
  const container = query.container.toLowerCase();
  return (a) =>
    (query.state === "" || a.state === query.state) &&
    (query.rule === "" || a.rule === query.rule) &&
    (container === "" || a.name.toLowerCase().includes(container) || a.container.startsWith(container));
}

/** How many alerts each rule has now. */
export function countsByRule(alerts: Iterable<Alert>): Map<string, { firing: number; pending: number }> {
  const counts = new Map<string, { firing: number; pending: number }>();
  for (const a of alerts) {
    if (a.state === "resolved") continue;
    const of = counts.get(a.rule) ?? { firing: 0, pending: 0 };
    of[a.state]++;
    counts.set(a.rule, of);
  }
  return counts;
}
