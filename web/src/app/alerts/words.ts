import type { Alert } from "../../api/types.gen";
import { formatDuration } from "../../components/format/duration";
import type { NoticeOptions } from "../../components/notice";
import { ALERTS_PATH, containerPath } from "../../components/routes";

/** More of a rule than this at once are one notice. */
const SINGLE = 2;
const NAMED = 4;

/** What a state is called of one and of many; what has a figure says it in its own sentence. */
const STATES: Partial<Record<Alert["on"], { one: string; many: string }>> = {
  unhealthy: { one: "is unhealthy", many: "containers became unhealthy" },
  oom: { one: "ran out of memory", many: "containers ran out of memory" },
  "crash-loop": { one: "keeps restarting", many: "containers keep restarting" },
  exited: { one: "exited with an error", many: "containers exited with an error" },
  paused: { one: "is paused", many: "containers are paused" },
  missing: { one: "does not run", many: "containers do not run" },
  "engine-down": { one: "is unreachable", many: "engines are unreachable" },
};

/** Alerts that are told together: the notice, and which they are. */
export interface Telling {
  readonly notice: NoticeOptions & { readonly key: string };
  readonly alerts: readonly Alert[];
}

export interface Places {
  go(path: string): void;
  engineName(id: string): string;
}

/** Alerts of one moment as notices: one for each of a few of a rule, one for all of many. */
export function tellingsOf(alerts: readonly Alert[], places: Places): Telling[] {
  const rules = new Map<string, Alert[]>();
  for (const a of alerts) rules.set(a.rule, [...(rules.get(a.rule) ?? []), a]);
  return [...rules.values()].flatMap((group) =>
    group.length <= SINGLE ? group.map((a) => single(a, places)) : [folded(group, places)],
  );
}

const tone = (a: Alert) => (a.severity === "info" ? "info" : "bad");

export function titleOf(a: Alert, engineName: (id: string) => string): string {
  const words = STATES[a.on];
  if (words === undefined) return a.summary.replace(/\.$/, "");
  return `${a.container === "" ? engineName(a.engine) : a.name} ${words.one}`;
}

function single(a: Alert, { go, engineName }: Places): Telling {
  const title = titleOf(a, engineName);
  const path = a.container === "" ? ALERTS_PATH : containerPath(`${a.engine}/${a.container}`);
  const text = STATES[a.on] === undefined ? `By the rule “${a.rule}”.` : a.summary;
  const action = { label: "Show", run: () => go(path) };
  return { alerts: [a], notice: { key: `alert ${a.id}`, tone: tone(a), title, text, action } };
}

function folded(group: readonly Alert[], { go, engineName }: Places): Telling {
  const first = group[0] as Alert;
  const names = group.slice(0, NAMED).map((a) => (a.container === "" ? engineName(a.engine) : a.name));
  const rest = group.length - names.length;
  const many = STATES[first.on]?.many ?? `alerts of the rule “${first.rule}”`;
  const worst = group.find((a) => a.severity !== "info") ?? first;
  return {
    alerts: group,
    notice: {
      key: `alerts ${first.rule}`,
      tone: tone(worst),
      title: `${group.length} ${many}`,
      text: rest > 0 ? `${names.join(", ")} and ${rest} more` : names.join(", "),
      action: { label: "Show", run: () => go(`${ALERTS_PATH}?q=${encodeURIComponent(first.rule)}`) },
    },
  };
}

/** What the centre says of what was told and is over. */
export function overText(last: Alert): string {
  const length = Date.parse(last.resolvedAt ?? "") - Date.parse(last.firedAt ?? last.activeAt);
  return Number.isNaN(length) ? "It is over." : `It was over after ${formatDuration(length)}.`;
}
