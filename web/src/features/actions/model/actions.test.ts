import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Action, Container } from "../../../api/types.gen";
import { testContainer } from "../testParts";
import { reasonNot, type Surroundings } from "./availability";
import { nameProblem } from "./containerName";
import { type BulkJob, jobCounts, jobFailures, jobText, succeededKeys, thingsFailed } from "./jobView";
import { runningCount, typedConfirmation } from "./removal";
import { settled } from "./settled";
import { ACTIONS, refusalText, worthRetrying } from "./words";

const fine: Surroundings = { phase: "live", role: "admin", readOnly: false, unreachable: new Map() };

describe("why an action can't be asked for", () => {
  it.each([
    [{ phase: "offline" }, "stop", /^Not connected/],
    [{ phase: "reconnecting" }, "remove", /^Not connected/],
    [{ readOnly: true }, "stop", /read-only/],
    [{ role: "viewer" }, "stop", /role operator/],
    [{ role: "operator" }, "remove", /role admin/],
    [{ role: "operator" }, "stop", null],
    [{ phase: "polling" }, "stop", null],
    [{ unreachable: new Map([["e1", "local"]]) }, "stop", /Docker on local does not answer/],
    [{ unreachable: new Map([["e2", "other"]]) }, "stop", null],
  ] as const)("%j, %s", (change, action, why) => {
    const reason = reasonNot(testContainer(), action, { ...fine, ...change });
    if (why === null) expect(reason).toBeNull();
    else expect(reason).toMatch(why);
  });

  it.each([
    ["running", "stop restart pause kill rename remove"],
    ["paused", "stop restart unpause kill rename remove"],
    ["restarting", "stop restart rename remove"],
    ["exited", "start restart rename remove"],
    ["created", "start restart rename remove"],
    ["dead", "remove"],
    ["removing", ""],
  ] as const)("in the state %s there are: %s", (state, possible) => {
    const c = testContainer({ state });
    expect(ACTIONS.filter((a) => reasonNot(c, a, fine) === null).join(" ")).toBe(possible);
  });
});

describe("an action has had its effect", () => {
  const running = testContainer();
  const exited = testContainer({ state: "exited", exitCode: 0, finishedAt: "2026-11-23T15:00:00Z" });
  const later = "2026-11-23T16:00:00Z";
  it.each([
    ["stop", running, { cpuLimit: 2 }, false],
    ["stop", running, { state: "exited", finishedAt: later }, true],
    ["stop", running, { finishedAt: later, startedAt: later }, true],
    ["kill", running, { state: "exited" }, true],
    ["start", exited, { state: "running", startedAt: later }, true],
    ["start", exited, { startedAt: later, exitCode: 1 }, true],
    ["start", exited, { name: "other" }, false],
    ["restart", running, { state: "exited", finishedAt: later }, false],
    ["restart", running, { startedAt: later }, true],
    ["pause", running, { state: "paused" }, true],
    ["unpause", testContainer({ state: "paused" }), { state: "running" }, true],
    ["rename", running, { name: "new" }, true],
    ["rename", running, { state: "exited" }, false],
    ["remove", exited, { state: "removing" }, false],
  ] as const)("%s: %#", (action, before, change, is) => {
    expect(settled(action, before, { ...before, ...change } as Container)).toBe(is);
  });

  it("when the container is gone, whatever was asked", () => {
    for (const action of ACTIONS) expect(settled(action, running, undefined)).toBe(true);
  });
});

describe("a name", () => {
  it.each([
    ["web-1", null],
    ["A.b_c-9", null],
    ["", /needs a name/],
    ["a", /two characters/],
    ["-web", /begin with a letter/],
    ["my web", /A space can't/],
    ["wéb", /“é” can't/],
    ["taken", /Another container is called taken/],
  ] as const)("%j: %s", (name, problem) => {
    const says = nameProblem(name, (n) => n === "taken");
    if (problem === null) expect(says).toBeNull();
    else expect(says).toMatch(problem);
  });

  it("is taken exactly when Docker's own rule takes it", () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[a-zA-Z0-9_.-]{0,5}$/));
    fc.assert(
      fc.property(text, (name) => {
        expect(nameProblem(name, () => false) === null).toBe(/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name));
      }),
    );
  });
});

function job(fields: Partial<BulkJob>): BulkJob {
  return {
    id: "j-1",
    kind: "containers",
    subject: "",
    engine: "",
    action: "stop",
    options: {},
    project: "",
    by: { name: "launch", client: "tab-1" },
    state: "running",
    startedAt: "2026-11-23T14:00:00Z",
    endedAt: null,
    items: ["a", "b", "c", "d"].map((name) => ({ key: `e1/${name}`, name })),
    next: 0,
    running: [],
    failures: [],
    progress: null,
    error: null,
    result: null,
    ...fields,
  };
}

const failure = (item: number) => ({ item, code: "conflict" as const, message: `no ${item}` });

describe("a job", () => {
  it.each([
    [{ next: 3, running: [1], failures: [failure(0)] }, "Stopping 2 of 4, 1 failed"],
    [{ next: 0 }, "Stopping 0 of 4"],
    [{ state: "done", next: 4, failures: [failure(2)] }, "3 stopped, 1 failed"],
    [{ state: "done", next: 4 }, "4 stopped"],
    [{ state: "done", next: 4, failures: [0, 1, 2, 3].map(failure) }, "4 failed"],
    [{ state: "cancelled", next: 2, failures: [failure(1)] }, "Cancelled: 1 stopped, 1 failed, 2 left alone"],
  ] as const)("%j says %j", (fields, text) => expect(jobText(job(fields as Partial<BulkJob>))).toBe(text));

  it("of a removal names what goes", () => {
    const images = { kind: "remove" as const, action: "remove" as const };
    const items = ["a", "b", "c"].map((name) => ({ key: `e1/${name}`, name, kind: "images" as const }));
    expect(jobText(job({ ...images, items, next: 2, running: [1] }))).toBe("Removing 1 of 3 images");
    const some = { ...images, items, next: 3, state: "done" as const, failures: [failure(0), failure(2)] };
    expect(jobText(job(some))).toBe("1 image removed, 2 failed");
    const lost = { ...some, failures: [failure(0)], gone: [1] };
    expect(jobText(job(lost))).toBe("1 image removed, 1 already gone, 1 failed");
    expect(succeededKeys(job(lost))).toEqual(["e1/c"]);
    expect(jobText(job({ ...lost, failures: [], gone: [0, 1, 2] }))).toBe("3 already gone");
    const mixed = [{ key: "e1/c", name: "c" }, ...items];
    expect(jobText(job({ ...images, items: mixed, next: 4, state: "done" }))).toBe("4 things removed");
  });

  it("asks for what failed as it asked for it", () => {
    const network = { key: "e1/n", name: "n", kind: "networks" as const };
    const items = [{ key: "e1/a", name: "a" }, network];
    const of = (fields: Partial<BulkJob>) => job({ action: "remove", items, next: 2, state: "done", ...fields });
    expect(thingsFailed(of({ failures: [failure(0)] }))).toBeNull();
    expect(thingsFailed(of({ failures: [failure(1), failure(0)] }))).toEqual([
      { kind: "networks", id: "e1/n" },
      { kind: "containers", id: "e1/a" },
    ]);
    expect(thingsFailed(of({ kind: "remove", failures: [failure(0)] }))).toEqual([{ kind: "containers", id: "e1/a" }]);
  });

  it("knows what worked, what did not and what was not begun", () => {
    const j = job({ next: 3, running: [1], failures: [failure(0)] });
    expect(jobCounts(j)).toEqual({ total: 4, ended: 2, succeeded: 1, failed: 1, gone: 0, left: 1 });
    expect(succeededKeys(j)).toEqual(["e1/c"]);
    expect(jobFailures(j)).toEqual([{ key: "e1/a", name: "a", message: "no 0", words: "" }]);
    const said = { ...failure(0), message: "It is in use.", engine: "volume is in use - [8d1f]" };
    expect(jobFailures(job({ failures: [said] }))[0]).toMatchObject({ message: said.message, words: said.engine });
    expect(jobFailures(job({ failures: [{ ...said, message: said.engine }] }))[0]?.words).toBe("");
  });
});

describe("removing", () => {
  const some = (n: number) => Array.from({ length: n }, (_, i) => testContainer({ name: `c${i}` }));
  it.each([
    [10, false, null, null],
    [11, false, null, "11"],
    [11, false, "shop", "shop"],
    [2, true, null, "2"],
    [1, true, null, "c0"],
    [1, false, null, null],
  ])("%d, with volumes %s, of project %s asks for %s", (n, volumes, project, typed) => {
    expect(typedConfirmation(some(n), volumes, project)).toBe(typed);
  });

  it("counts what has to be killed", () => {
    const states = ["running", "paused", "restarting", "exited", "created", "dead"] as const;
    expect(runningCount(states.map((state) => testContainer({ state })))).toBe(3);
  });
});

describe("a refusal", () => {
  it("has the engine's words where they say more", () => {
    expect(refusalText("It is in use.", "volume is in use - [8d1f]")).toBe(
      "It is in use. Docker said: “volume is in use - [8d1f]”",
    );
    expect(refusalText("No such container: x.", "No such container: x")).toBe("No such container: x.");
    expect(refusalText("Gone.", undefined)).toBe("Gone.");
  });

  it("can be tried again unless it will be the same", () => {
    const again = ["conflict", "timeout", "internal", undefined] as const;
    expect(again.map(worthRetrying)).toEqual([true, true, true, true]);
    expect((["forbidden", "not_found"] as const).map(worthRetrying)).toEqual([false, false]);
  });
});

// The compiler's check that every action is in the list above.
const _all: Record<Action, true> = {
  start: true,
  stop: true,
  restart: true,
  pause: true,
  unpause: true,
  kill: true,
  rename: true,
  remove: true,
};
it("the list of actions is whole", () => expect([...ACTIONS].sort()).toEqual(Object.keys(_all).sort()));
