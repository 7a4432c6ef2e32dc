import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Alert, AlertRule, Delivery } from "../../../api/types.gen";
import { activeLines, mergeHistory, standingOf } from "./active";
import { CONDITIONS, unitOf } from "./conditions";
import { deliveryDraft, deliveryOf, deliveryProblems, NEW_DELIVERY, withTls } from "./deliveryDraft";
import { alertValue, lengthText, sentence } from "./figures";
import { type MeasureKind, measureOf, readMeasure } from "./measures";
import { draftOf, duplicateOf, NEW_RULE, problemsOf, ruleOf, withCondition } from "./ruleDraft";
import { attemptText, previewText, untilTomorrow, watchedText } from "./words";

const by = { by: { name: "ops", client: "" }, at: "2026-11-23T14:00:00Z", until: null };

function alert(id: string, change: Partial<Alert> = {}): Alert {
  return {
    engine: "e",
    id,
    rule: "unhealthy",
    on: "unhealthy",
    severity: "warning",
    state: "firing",
    container: "c",
    name: "web",
    project: "",
    image: "",
    summary: "web is unhealthy.",
    value: null,
    count: 1,
    activeAt: "2026-11-23T14:00:00Z",
    firedAt: "2026-11-23T14:00:00Z",
    resolvedAt: null,
    acknowledged: null,
    snoozed: null,
    ...change,
  };
}

describe("the alerts of now", () => {
  it("stand in the order in which somebody should look", () => {
    const lines = activeLines([
      alert("pending", { state: "pending", severity: "critical", firedAt: null }),
      alert("known", { severity: "critical", acknowledged: by }),
      alert("asleep", { severity: "critical", snoozed: by }),
      alert("old", { firedAt: "2026-11-23T13:00:00Z" }),
      alert("new", { firedAt: "2026-11-23T14:10:00Z" }),
      alert("worst", { severity: "critical" }),
      alert("over", { state: "resolved" }),
    ]);
    expect(lines.map((l) => l.alert.id)).toEqual(["worst", "new", "old", "asleep", "known", "pending"]);
    expect(standingOf(alert("x", { state: "resolved" }))).toBeNull();
  });

  it("take the place of what was read of the past, and only stand where it is known", () => {
    const read = [alert("b", { activeAt: "2026-11-23T12:00:00Z" }), alert("a", { activeAt: "2026-11-23T11:00:00Z" })];
    const live = [
      alert("b", { activeAt: "2026-11-23T12:00:00Z", state: "resolved" }),
      alert("c", { activeAt: "2026-11-23T13:00:00Z" }),
      alert("ancient", { activeAt: "2026-11-22T13:00:00Z", state: "resolved" }),
      alert("maybe", { activeAt: "2026-11-23T13:30:00Z", state: "pending" }),
    ];
    const all = () => true;
    expect(mergeHistory(read, live, all, false).map((a) => `${a.id} ${a.state}`)).toEqual([
      "c firing",
      "b resolved",
      "a firing",
    ]);
    expect(mergeHistory(read, live, (a) => a.state === "resolved", true).map((a) => a.id)).toEqual(["b", "ancient"]);
  });

  it("say their figure in its unit", () => {
    expect(alertValue(alert("a"))).toBe("");
    expect(alertValue(alert("a", { on: "memory", value: 97.2 }))).toBe("97 %");
    expect(alertValue(alert("a", { on: "memory", value: 99.9 }))).toBe("99 %");
    expect(alertValue(alert("a", { on: "cpu", value: 2.34 }))).toBe("2.3 %");
    expect(alertValue(alert("a", { on: "memory", value: 3 * 2 ** 30 }))).toBe("3.00 GiB");
    expect(alertValue(alert("a", { on: "cpu", value: 250 }))).toBe("250 %");
    expect(alertValue(alert("a", { on: "disk-read", value: 2e6 }))).toBe("2.00 MB/s");
  });
});

describe("a rule's sentence", () => {
  const rule = (change: Partial<AlertRule>): AlertRule => ({ ...NEW_RULE, name: "r", forSeconds: 60, ...change });
  it.each<[Partial<AlertRule>, string]>([
    [{ on: "memory", of: "limit", above: 95 }, "Memory over 95 % of its limit for 1 min"],
    [{ on: "memory", of: "bytes", above: 2 ** 30 }, "Memory over 1.00 GiB for 1 min"],
    [{ on: "cpu", of: "core", above: 150, forSeconds: 90 }, "CPU over 150 % of one core for 1 min 30 s"],
    [{ on: "crash-loop", times: 3, withinSeconds: 60, forSeconds: 0 }, "Ends 3 times within 1 min"],
    [{ on: "unhealthy", forSeconds: 0 }, "Its health check fails"],
    [{ on: "disk-write", above: 5e6, forSeconds: 0 }, "Disk writes over 5.00 MB/s"],
    [{ on: "own-cpu", above: 5, forSeconds: 0 }, "Quaywatch's CPU over 5 % of one core"],
  ])("%o", (change, says) => {
    const { of: _, ...plain } = rule({});
    expect(sentence({ ...plain, ...change })).toBe(says);
  });

  it("says lengths in two units at most", () => {
    expect([0, 45, 60, 3_600, 5_400, 90_061].map(lengthText)).toEqual([
      "0 s",
      "45 s",
      "1 min",
      "1 h",
      "1 h 30 min",
      "1 d 1 h",
    ]);
  });
});

describe("a rule in its fields", () => {
  it("comes out as it went in, whatever its condition", () => {
    for (const { on, bases, ofContainers } of CONDITIONS) {
      for (const of of bases ?? [undefined]) {
        const rule: AlertRule = {
          name: "a rule",
          description: "why",
          source: "page",
          enabled: false,
          severity: "critical",
          on,
          ...(ofContainers && { match: "project:shop" }),
          ...(of !== undefined && { of }),
          ...(unitOf(on, of) !== null && { above: 42, clearBelow: 21 }),
          ...(on === "crash-loop" && { times: 4, withinSeconds: 120 }),
          forSeconds: on === "oom" ? 0 : 90,
          keepSeconds: 0,
          deliver: ["mail"],
        };
        const draft = draftOf(rule);
        expect(ruleOf(draft, problemsOf(draft, new Set()))).toEqual(rule);
      }
    }
  });

  it("changes its figure with the unit, and keeps it otherwise", () => {
    const draft = draftOf({ ...NEW_RULE, above: 77 });
    expect(withCondition(draft, "cpu").above).toEqual({ text: "77", unit: "%" });
    expect(withCondition(draft, "memory", "bytes").above).toEqual({ text: "1", unit: "GiB" });
    expect(withCondition(draft, "disk-read").above).toEqual({ text: "10", unit: "MB/s" });
    expect(withCondition(draft, "oom").on).toBe("oom");
    // A state needs not last; what was chosen for it stays.
    expect(withCondition(draft, "unhealthy").held).toEqual({ text: "0", unit: "s" });
    expect(withCondition(withCondition(draft, "unhealthy"), "cpu").held).toEqual({ text: "5", unit: "min" });
    const chosen = { ...draft, held: { text: "42", unit: "s" } };
    expect(withCondition(chosen, "unhealthy").held).toEqual(chosen.held);
  });

  it("says what is wrong with it", () => {
    const wrong = (change: Partial<ReturnType<typeof draftOf>>, taken: string[] = []) =>
      problemsOf({ ...draftOf({ ...NEW_RULE, name: "x" }), ...change }, new Set(taken));
    expect(wrong({})).toEqual({});
    expect(wrong({ name: " " })).toHaveProperty("name");
    expect(wrong({ name: "a/b" })).toHaveProperty("name");
    expect(wrong({}, ["x"])).toHaveProperty("name");
    expect(wrong({ above: { text: "", unit: "%" } })).toHaveProperty("above");
    expect(wrong({ above: { text: "many", unit: "%" } })).toHaveProperty("above");
    expect(wrong({ clearBelow: { text: "95", unit: "%" } })).toHaveProperty("clearBelow");
    expect(wrong({ on: "crash-loop", times: "1" })).toHaveProperty("times");
    expect(wrong({ held: { text: "31", unit: "d" } })).toHaveProperty("held");
    expect(wrong({ match: "state:walking" }).match).toContain("should be");
    // What the condition does not have can't be wrong.
    expect(wrong({ on: "oom", above: { text: "", unit: "%" }, times: "0" })).toEqual({});
    expect(ruleOf(draftOf(NEW_RULE), { name: "missing" })).toBeNull();
  });

  it("is doubled under a name that is free", () => {
    const rule = { ...NEW_RULE, name: "web", source: "builtin" as const };
    expect(duplicateOf(rule, new Set(["web"]))).toMatchObject({ name: "web copy", source: "page" });
    expect(duplicateOf(rule, new Set(["web", "web copy"])).name).toBe("web copy 2");
  });
});

it("a figure in two fields is the same figure", () => {
  const kinds: MeasureKind[] = ["percent", "bytes", "rate", "time"];
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.integer({ min: 0, max: 2 ** 45 }), (kind, value) => {
      const read = readMeasure(measureOf(value, kind), kind) ?? Number.NaN;
      expect(Math.abs(read - value)).toBeLessThanOrEqual(value * 1e-3);
    }),
  );
  expect(readMeasure({ text: "1,5", unit: "GiB" }, "bytes")).toBe(1.5 * 2 ** 30);
  expect(readMeasure({ text: "", unit: "GiB" }, "bytes")).toBeNull();
  expect(readMeasure({ text: "-1", unit: "s" }, "time")).toBeNaN();
});

describe("a delivery in its fields", () => {
  const hook: Delivery = { ...NEW_DELIVERY, name: "hook", url: "https://hooks.example.com/••••", secretSet: true };
  const sent = (change: Partial<ReturnType<typeof deliveryDraft>>, of: Delivery = hook) => {
    const draft = { ...deliveryDraft(of), ...change };
    return deliveryOf(draft, deliveryProblems(draft, new Set()));
  };

  it("leaves a secret alone unless another one is typed or it is taken away", () => {
    expect(sent({})).toEqual(hook);
    expect(sent({})).not.toHaveProperty("secret");
    expect(sent({ secret: "new" })).toHaveProperty("secret", "new");
    expect(sent({ dropSecret: true })).toHaveProperty("secret", "");
    expect(sent({ kind: "slack", secret: "typed before" })).not.toHaveProperty("secret");
  });

  it("asks mail for other things", () => {
    const mail = { host: "mail.example.com", from: "q@example.com", to: "a@example.com; b@example.com", port: "587" };
    expect(sent({ kind: "mail", ...mail })).toMatchObject({
      url: "",
      mail: { host: "mail.example.com", port: 587, tls: "starttls", to: ["a@example.com", "b@example.com"] },
    });
    expect(sent({ kind: "mail", ...mail, to: "somebody" })).toBeNull();
    expect(sent({ kind: "gotify", secretSet: false })).toBeNull();
    expect(sent({ url: "ftp://example.com" })).toBeNull();
    const draft = deliveryDraft(NEW_DELIVERY);
    expect(withTls(draft, "tls").port).toBe("465");
    expect(withTls({ ...draft, port: "2525" }, "none").port).toBe("2525");
  });
});

describe("what is said", () => {
  it("of what is watched, would have been and was sent", () => {
    expect(watchedText(7, 42)).toBe("7 rules look at 42 containers.");
    expect(watchedText(1, 1)).toBe("1 rule looks at 1 container.");
    const preview = {
      from: "2026-11-16T14:00:00Z",
      until: "2026-11-23T14:00:00Z",
      items: [],
      matching: 1,
      note: "",
    };
    expect(previewText({ ...preview, total: 3 }, 7)).toBe("Would have fired 3 times in the last 7 days.");
    expect(previewText({ ...preview, total: 1 }, 1)).toBe("Would have fired once in the last day.");
    expect(previewText({ ...preview, total: 0 }, 7)).toBe("Would not have fired in the last 7 days.");
    const young = { ...preview, from: "2026-11-23T13:15:00Z" };
    expect(previewText({ ...young, total: 0 }, 7)).toBe("Would not have fired in the 45 min that are remembered.");
    expect(previewText({ ...young, total: 0, unknown: true }, 7)).toBe(
      "What it would have found in the last 7 days is not known.",
    );
    expect(attemptText({ outcome: "sent", status: 204, error: "" })).toBe("It arrived (204).");
    expect(attemptText({ outcome: "failed", status: 0, error: "Nobody answers." })).toBe(
      "It did not arrive: Nobody answers.",
    );
  });

  it("until tomorrow is until eight in the morning", () => {
    const now = new Date(2026, 10, 23, 22, 0, 0).getTime();
    expect(untilTomorrow(now)).toBe(10 * 3_600);
  });
});
