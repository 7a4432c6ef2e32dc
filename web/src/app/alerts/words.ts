import type { NoticeOptions } from "../../components/notice";
import { containerPath } from "../../components/routes";
import type { Alert } from "./rules";

/** More of a kind than this at once are one notice. */
const SINGLE = 2;
const NAMED = 4;

const ONE: Record<Alert["kind"], (name: string) => string> = {
  engine: (name) => `${name} is unreachable`,
  unhealthy: (name) => `${name} is unhealthy`,
  oom: (name) => `${name} ran out of memory`,
  loop: (name) => `${name} keeps restarting`,
};

const MANY: Record<Alert["kind"], { title: string; path: string }> = {
  engine: { title: "engines are unreachable", path: "/" },
  unhealthy: { title: "containers became unhealthy", path: "/?q=health%3Aunhealthy" },
  oom: { title: "containers ran out of memory", path: "/" },
  loop: { title: "containers keep restarting", path: "/" },
};

/** Alerts of one moment as notices: one for each of a few, one for all of many. */
export function noticesOf(alerts: readonly Alert[], go: (path: string) => void): NoticeOptions[] {
  const kinds = new Map<string, Alert[]>();
  for (const a of alerts) {
    const group = `${a.kind} ${a.tone}`;
    kinds.set(group, [...(kinds.get(group) ?? []).filter((other) => other.key !== a.key), a]);
  }
  return [...kinds.values()].flatMap((group) =>
    group.length <= SINGLE ? group.map((a) => single(a, go)) : [folded(group, go)],
  );
}

function single(a: Alert, go: (path: string) => void): NoticeOptions {
  const key = `alert ${a.kind} ${a.key}`;
  if (a.kind === "engine") {
    return a.tone === "good"
      ? { key, tone: "good", title: `${a.name} is back`, text: a.text }
      : { key, tone: "bad", title: ONE.engine(a.name), text: a.text };
  }
  const action = { label: "Show", run: () => go(containerPath(a.key)) };
  return { key, tone: a.tone, title: ONE[a.kind](a.name), text: a.text, action };
}

function folded(group: readonly Alert[], go: (path: string) => void): NoticeOptions {
  const first = group[0] as Alert;
  const names = group.slice(0, NAMED).map((a) => a.name);
  const rest = group.length - names.length;
  const text = rest > 0 ? `${names.join(", ")} and ${rest} more` : names.join(", ");
  const many = MANY[first.kind];
  if (first.tone === "good")
    return { key: `alerts ${first.kind}`, tone: "good", title: `${group.length} engines are back`, text };
  return {
    key: `alerts ${first.kind}`,
    tone: "bad",
    title: `${group.length} ${many.title}`,
    text,
    action: { label: "Show", run: () => go(many.path) },
  };
}
