import { expect, it } from "vitest";
import type { Alert } from "../api/types.gen";
import { Keyed } from "../lib/keyed";
import { alert } from "../testing/samples";
import { firingFor, firingOf } from "./firing";

const mark = { by: { name: "ops", client: "" }, at: "", until: null };

function table(alerts: readonly Alert[]) {
  const draft = Keyed.empty<Alert>().edit();
  for (const a of alerts) draft.set(`${a.engine}/${a.id}`, a);
  return { loaded: true, entries: draft.done() };
}

it("counts what fires and nobody looks after, with the worst of it", () => {
  const of = (id: string, container: string, change: Partial<Alert>) => ({
    ...alert(id),
    engine: "e",
    container,
    state: "firing" as const,
    acknowledged: null,
    snoozed: null,
    ...change,
  });
  const alerts = table([
    of("1", "a", { severity: "warning" }),
    of("2", "a", { severity: "critical" }),
    of("3", "b", { severity: "info" }),
    of("4", "b", { severity: "critical", acknowledged: mark }),
    of("5", "b", { severity: "critical", snoozed: mark }),
    of("6", "c", { state: "pending" }),
    of("7", "c", { state: "resolved" }),
    of("8", "", { severity: "warning" }),
  ]);
  expect(firingOf(alerts)).toEqual({ count: 4, worst: "critical" });
  expect(firingFor(alerts, "e/a")).toEqual({ count: 2, worst: "critical" });
  expect(firingFor(alerts, "e/b")).toEqual({ count: 1, worst: "info" });
  expect(firingFor(alerts, "e/c")).toBeNull();
  expect(firingOf(table([]))).toBeNull();
});
