/** A rule as it stands in the fields of its dialog, and what is wrong with it. Pure. */
import type { AlertBase, AlertCondition, AlertRule, AlertSeverity } from "../../../api/types.gen";
import { parseFilter } from "../../../components/filter/parse";
import { conditionOf, unitOf } from "./conditions";
import { type Measure, measureOf, readMeasure } from "./measures";

export interface RuleDraft {
  readonly name: string;
  readonly description: string;
  readonly source: AlertRule["source"];
  readonly enabled: boolean;
  readonly severity: AlertSeverity;
  readonly on: AlertCondition;
  readonly match: string;
  readonly of: AlertBase;
  readonly above: Measure;
  readonly clearBelow: Measure;
  readonly times: string;
  readonly within: Measure;
  readonly held: Measure;
  readonly keep: Measure;
  /** Empty is all of them. */
  readonly deliver: readonly string[];
}

/** The fields that something can be wrong with. */
export type RuleField = "name" | "match" | "above" | "clearBelow" | "times" | "within" | "held" | "keep";
export type RuleProblems = Partial<Readonly<Record<RuleField, string>>>;

const MAX_NAME = 64;
const NAME = /^[\p{L}\p{N}\-_. ]+$/u;
const MONTH = 30 * 86_400;

/** What a new rule begins with: the one that most people add first. */
export const NEW_RULE: AlertRule = {
  name: "",
  source: "page",
  enabled: true,
  severity: "warning",
  on: "memory",
  of: "limit",
  above: 90,
  forSeconds: 300,
  keepSeconds: 60,
};

export function draftOf(rule: AlertRule): RuleDraft {
  const unit = unitOf(rule.on, rule.of) ?? "percent";
  return {
    name: rule.name,
    description: rule.description ?? "",
    source: rule.source,
    enabled: rule.enabled,
    severity: rule.severity,
    on: rule.on,
    match: rule.match ?? "",
    of: rule.of ?? conditionOf(rule.on).bases?.[0] ?? "limit",
    above: measureOf(rule.above, unit),
    clearBelow: measureOf(rule.clearBelow, unit),
    times: String(rule.times ?? 3),
    within: measureOf(rule.withinSeconds ?? 60, "time"),
    held: measureOf(rule.forSeconds, "time"),
    keep: measureOf(rule.keepSeconds, "time"),
    deliver: rule.deliver ?? [],
  };
}

/** A rule like another one, under a name that is free. */
export function duplicateOf(rule: AlertRule, names: ReadonlySet<string>): AlertRule {
  const base = `${rule.name.slice(0, MAX_NAME - 8)} copy`;
  let name = base;
  for (let n = 2; names.has(name); n++) name = `${base} ${n}`;
  return { ...rule, name, source: "page" };
}

/** The draft with another condition: a figure in another unit is no use, so the usual one stands there. */
export function withCondition(draft: RuleDraft, on: AlertCondition, of?: AlertBase): RuleDraft {
  const base = of ?? conditionOf(on).bases?.[0] ?? draft.of;
  const was = unitOf(draft.on, draft.of);
  const unit = unitOf(on, base);
  const next = { ...draft, on, of: base, held: heldFor(draft, on) };
  if (unit === null || unit === was) return next;
  return { ...next, above: measureOf(USUAL[unit], unit), clearBelow: measureOf(null, unit) };
}

/** How long it holds: as it was, unless that was only the usual length for what it was about. */
function heldFor(draft: RuleDraft, on: AlertCondition): Measure {
  const usual = (of: AlertCondition) => measureOf(conditionOf(of).group === "State" ? 0 : 300, "time");
  const untouched = readMeasure(draft.held, "time") === readMeasure(usual(draft.on), "time");
  return untouched ? usual(on) : draft.held;
}

const USUAL = { percent: 90, bytes: 2 ** 30, rate: 10e6 } as const;

/** The rule, with only the fields that its condition has; null while something is wrong with it. */
export function ruleOf(draft: RuleDraft, problems: RuleProblems): AlertRule | null {
  if (Object.keys(problems).length > 0) return null;
  const c = conditionOf(draft.on);
  const unit = unitOf(draft.on, draft.of);
  const above = unit === null ? null : readMeasure(draft.above, unit);
  const clearBelow = unit === null ? null : readMeasure(draft.clearBelow, unit);
  const match = draft.match.trim();
  return {
    name: draft.name.trim(),
    ...(draft.description.trim() !== "" && { description: draft.description.trim() }),
    source: draft.source,
    enabled: draft.enabled,
    severity: draft.severity,
    on: draft.on,
    ...(c.ofContainers && match !== "" && { match }),
    ...(c.bases !== undefined && { of: draft.of }),
    ...(above !== null && { above }),
    ...(clearBelow !== null && { clearBelow }),
    ...(draft.on === "crash-loop" && { times: Number(draft.times), withinSeconds: seconds(draft.within) }),
    // To be killed for want of memory takes no time.
    forSeconds: draft.on === "oom" ? 0 : seconds(draft.held),
    keepSeconds: seconds(draft.keep),
    ...(draft.deliver.length > 0 && { deliver: [...draft.deliver] }),
  };
}

const seconds = (m: Measure): number => readMeasure(m, "time") ?? 0;

/** What is wrong, by field. `taken` are the names that another rule has. */
export function problemsOf(draft: RuleDraft, taken: ReadonlySet<string>): RuleProblems {
  const problems: Partial<Record<RuleField, string>> = {};
  const say = (field: RuleField, problem: string | null) => {
    if (problem !== null) problems[field] = problem;
  };
  say("name", nameProblem(draft.name.trim(), taken, "rule"));
  const unit = unitOf(draft.on, draft.of);
  if (unit !== null) {
    const above = readMeasure(draft.above, unit);
    const clear = readMeasure(draft.clearBelow, unit);
    if (above === null) say("above", "A figure is needed: over what shall it alert?");
    else if (!(above > 0)) say("above", "This is no figure over 0.");
    if (clear !== null && Number.isNaN(clear)) say("clearBelow", "This is no figure.");
    else if (clear !== null && above !== null && clear > above) {
      say("clearBelow", "It can't be over the figure at which the alert begins.");
    }
  }
  if (draft.on === "crash-loop") {
    if (!/^\d+$/.test(draft.times) || Number(draft.times) < 2) say("times", "At least 2 times make a loop.");
    say("within", lengthProblem(draft.within, 1));
  }
  if (draft.on !== "oom") say("held", lengthProblem(draft.held, 0));
  say("keep", lengthProblem(draft.keep, 0));
  if (conditionOf(draft.on).ofContainers) say("match", parseFilter(draft.match).problems[0]?.message ?? null);
  return problems;
}

/** What is wrong with the name of a rule or a delivery. */
export function nameProblem(name: string, taken: ReadonlySet<string>, thing: string): string | null {
  if (name === "") return `A name is needed: it is how alerts and the log call the ${thing}.`;
  if ([...name].length > MAX_NAME) return `A name has at most ${MAX_NAME} characters.`;
  if (!NAME.test(name)) return "A name is made of letters, digits, spaces and - _ .";
  return taken.has(name) ? `There is a ${thing} of that name already.` : null;
}

function lengthProblem(m: Measure, least: number): string | null {
  const value = readMeasure(m, "time") ?? 0;
  if (Number.isNaN(value)) return "This is no number.";
  if (value < least) return `At least ${least} s.`;
  return value > MONTH ? "30 days are the longest." : null;
}
