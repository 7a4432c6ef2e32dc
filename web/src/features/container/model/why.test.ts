import { describe, expect, it } from "vitest";
import type { Event } from "../../../api/types.gen";
import type { EventRow } from "../../../store/state";
import { type Cause, type WhyFacts, whysOf } from "./why";

const T0 = Date.parse("2026-11-23T14:00:00Z");

type Step = [action: string, ms: number, more?: Partial<Event> & { code?: number; signal?: number }];

function rows(steps: readonly Step[]): EventRow[] {
  return steps.map(([action, ms, { code, signal, ...more } = {}], i) => {
    if (action.startsWith("gap")) {
      const lost = action === "gap" ? null : Number(action.slice(4));
      return { kind: "gap", key: `g${i}`, reason: "lost", since: null, until: null, replayed: 0, lost };
    }
    const attributes: Record<string, string> = {};
    if (code !== undefined) attributes["exitCode"] = String(code);
    if (signal !== undefined) attributes["signal"] = String(signal);
    const event: Event = {
      time: new Date(T0 + ms).toISOString(),
      engine: "e",
      kind: "container",
      action,
      detail: "",
      id: "c1",
      name: "web",
      attributes,
      inferred: false,
      seq: i,
      ...more,
    };
    return { kind: "event", key: `e${i}`, event };
  });
}

const facts: WhyFacts = { clientId: "tab-1", restartPolicy: "no", autoRemove: false };
const always: WhyFacts = { ...facts, restartPolicy: "always" };
const you = { name: "launch", client: "tab-1" };
const ann = { name: "ann", client: "tab-2" };

/** What docker tells of a container that was made and started. */
const run: Step[] = [
  ["create", 0],
  ["start", 500],
];

/** What it tells of itself as it is shut down and comes up again (measured on 20.10). */
const shutDown: Step[] = [
  ["kill", 9_000, { signal: 15 }],
  ["die", 9_030, { code: 0 }],
  ["disconnect", 9_100, { kind: "network" }],
  ["stop", 9_140],
  ["unreachable", 19_200, { kind: "engine", id: "e", inferred: true }],
];
const back: Step[] = [["connected", 23_000, { kind: "engine", id: "e", inferred: true }]];
const unlessStopped: WhyFacts = { ...facts, restartPolicy: "unless-stopped" };

/** name, events, what the line of the last row of an action says, and whose doing it was. */
const cases: [name: string, steps: Step[], of: string, cause: Cause, text: RegExp, facts?: WhyFacts][] = [
  ["docker run", run, "start", "elsewhere", /^Started by a client elsewhere/],
  [
    "docker stop, heeded",
    [...run, ["kill", 9000, { signal: 15 }], ["die", 9100, { code: 0 }], ["stop", 9150]],
    "die",
    "elsewhere",
    /^Stopped by a client elsewhere.*with SIGTERM$/,
  ],
  [
    "docker stop, told before the end, as from Docker 28 on",
    [...run, ["kill", 9000, { signal: 15 }], ["stop", 200_100], ["die", 200_101, { code: 1 }]],
    "die",
    "elsewhere",
    /^Stopped by a client elsewhere.*with SIGTERM$/,
  ],
  [
    "stopped by you, told before the end",
    [...run, ["kill", 9000, { signal: 15, by: you }], ["stop", 9150, { by: you }], ["die", 9151, { code: 143 }]],
    "die",
    "you",
    /^Stopped by you, here$/,
  ],
  [
    "docker stop, heeded late: the stop that follows says so",
    [...run, ["kill", 9000, { signal: 15 }], ["die", 200_000, { code: 0 }], ["stop", 200_100]],
    "die",
    "elsewhere",
    /^Stopped by/,
  ],
  [
    "docker stop, not heeded",
    [
      ...run,
      ["kill", 9000, { signal: 15 }],
      ["kill", 19_000, { signal: 9 }],
      ["die", 19_050, { code: 137 }],
      ["stop", 19_100],
    ],
    "die",
    "elsewhere",
    /with SIGTERM, then SIGKILL$/,
  ],
  [
    "docker kill",
    [...run, ["kill", 9000, { signal: 9 }], ["die", 9050, { code: 137 }]],
    "die",
    "elsewhere",
    /^Killed by a client elsewhere.*SIGKILL$/,
  ],
  [
    "a kill of something unhealthy, as autoheal does it",
    [
      ...run,
      ["health_status", 5000, { detail: "unhealthy" }],
      ["kill", 9000, { signal: 9 }],
      ["die", 9050, { code: 137 }],
    ],
    "die",
    "elsewhere",
    /; it was unhealthy$/,
  ],
  [
    "stopped by you",
    [
      ...run,
      ["kill", 9000, { signal: 15, by: you }],
      ["die", 9100, { code: 143, by: you }],
      ["stop", 9150, { by: you }],
    ],
    "die",
    "you",
    /^Stopped by you, here$/,
  ],
  [
    "stopped by you, where only the stop says so",
    [...run, ["kill", 9000, { signal: 15 }], ["die", 9100, { code: 143 }], ["stop", 9150, { by: you }]],
    "die",
    "you",
    /^Stopped by you/,
  ],
  [
    "killed by another user of Quaywatch",
    [...run, ["kill", 9000, { signal: 9, by: ann }], ["die", 9050, { code: 137, by: ann }]],
    "die",
    "other",
    /^Killed by ann through Quaywatch$/,
  ],
  [
    "another window of the same sign-in is not this one",
    [...run, ["die", 9050, { code: 137, by: { name: "launch", client: "tab-9" } }]],
    "die",
    "other",
    /launch through Quaywatch/,
  ],
  ["its own end", [...run, ["die", 9000, { code: 0 }]], "die", "own", /by itself: exit code 0, finished/],
  ["its own failure", [...run, ["die", 9000, { code: 3 }]], "die", "own", /by itself: exit code 3/],
  ["exit 255 is a code, not a signal", [...run, ["die", 9000, { code: 255 }]], "die", "own", /exit code 255/],
  [
    "killed from the host",
    [...run, ["die", 9000, { code: 137 }]],
    "die",
    "signal",
    /^Nobody asked the engine for it: .*SIGKILL/,
  ],
  ["a crash", [...run, ["die", 9000, { code: 139 }]], "die", "signal", /SIGSEGV/],
  [
    "out of memory",
    [...run, ["oom", 9000], ["die", 9050, { code: 137 }]],
    "die",
    "oom",
    /^The kernel killed it: out of memory$/,
  ],
  [
    "an OOM kill of a child long before is not its end",
    [...run, ["oom", 9000], ["die", 90_000, { code: 1 }]],
    "die",
    "own",
    /exit code 1/,
  ],
  ["the OOM kill itself", [...run, ["oom", 9000]], "oom", "oom", /more memory than its limit/],
  [
    "a signal that was long heeded is not blamed for a later end",
    [...run, ["kill", 9000, { signal: 1 }], ["die", 12_000, { code: 0 }]],
    "die",
    "own",
    /by itself/,
  ],
  [
    "restarted by its policy",
    [...run, ["die", 9000, { code: 3 }], ["start", 9200]],
    "start",
    "policy",
    /^Its restart policy “always” started it again after exit 3$/,
    always,
  ],
  [
    "on-failure does not restart what ended well",
    [...run, ["die", 9000, { code: 0 }], ["start", 9200]],
    "start",
    "elsewhere",
    /^Started by a client/,
    { ...facts, restartPolicy: "on-failure:3" },
  ],
  [
    "a policy does not restart what was stopped",
    [...run, ["kill", 9000, { signal: 15 }], ["die", 9100, { code: 0 }], ["stop", 9150], ["start", 20_000]],
    "start",
    "elsewhere",
    /^Started by a client elsewhere/,
    always,
  ],
  [
    "docker restart",
    [
      ...run,
      ["kill", 9000, { signal: 15 }],
      ["die", 9100, { code: 0 }],
      ["stop", 9150],
      ["start", 9400],
      ["restart", 9401],
    ],
    "start",
    "elsewhere",
    /^Restarted by a client/,
    always,
  ],
  [
    "restarted by you",
    [...run, ["die", 9100, { code: 0, by: you }], ["start", 9400, { by: you }], ["restart", 9401, { by: you }]],
    "start",
    "you",
    /^Restarted by you, here$/,
    always,
  ],
  ["started by another", [["start", 0, { by: ann }]], "start", "other", /^Started by ann/],
  [
    "a start of which nothing before is known",
    [["start", 0]],
    "start",
    "unknown",
    /^Not known: .*restart policy/,
    always,
  ],
  ["a start that no policy can have made", [["start", 0]], "start", "elsewhere", /^Started by a client/],
  ["an end of which nothing before is known", [["die", 0, { code: 1 }]], "die", "unknown", /^Not known/],
  [
    "an end after events were lost",
    [...run, ["gap", 0], ["die", 9000, { code: 1 }]],
    "die",
    "unknown",
    /what was before it was not heard/,
  ],
  [
    "an end after a cut that lost nothing",
    [...run, ["gap:0", 0], ["die", 9000, { code: 1 }]],
    "die",
    "own",
    /by itself/,
  ],
  [
    "recovered after a gap",
    [...run, ["die", 9000, { code: 1, inferred: true }]],
    "die",
    "unknown",
    /^Nobody told: found by looking/,
  ],
  [
    "recovered, and yet known who asked",
    [...run, ["die", 9000, { code: 1, inferred: true, by: you }]],
    "die",
    "you",
    /by you/,
  ],
  ["paused elsewhere", [...run, ["pause", 9000]], "pause", "elsewhere", /^Paused by a client elsewhere/],
  ["paused by you", [...run, ["pause", 9000, { by: you }]], "pause", "you", /by you, here/],
  [
    "unhealthy",
    [...run, ["health_status", 9000, { detail: "unhealthy" }]],
    "health_status",
    "health",
    /failed too often/,
  ],
  [
    "docker rm",
    [...run, ["die", 9000, { code: 0 }], ["destroy", 60_000]],
    "destroy",
    "elsewhere",
    /^Removed by a client/,
  ],
  [
    "docker run --rm",
    [...run, ["die", 9000, { code: 0 }], ["destroy", 9100]],
    "destroy",
    "engine",
    /--rm/,
    { ...facts, autoRemove: true },
  ],
  [
    "gone at once, and whether it was --rm is not known",
    [...run, ["die", 9000, { code: 0 }], ["destroy", 9100]],
    "destroy",
    "unknown",
    /^Not known: .*--rm/,
    { ...facts, autoRemove: null },
  ],
  ["removed by you", [...run, ["destroy", 9100, { by: you }]], "destroy", "you", /^Removed by you/],
  ["engine shut down", [...run, ...shutDown], "die", "engine", /^Stopped with the engine/],
  ["engine shut down: the signal", [...run, ...shutDown], "kill", "engine", /^Stopped with the engine/],
  ["engine shut down: the stop", [...run, ...shutDown], "stop", "engine", /^Stopped with the engine/],
  [
    "stopped by you, and the engine shut down just after",
    [...run, ["kill", 9000, { signal: 15, by: you }], ["die", 9030, { code: 0, by: you }], ...shutDown.slice(4)],
    "die",
    "you",
    /^Stopped|^Killed/,
  ],
  [
    "docker stop, long before the engine is lost",
    [...run, ...shutDown.slice(0, 4), ["unreachable", 60_000, { kind: "engine" }]],
    "die",
    "elsewhere",
    /^Stopped by a client elsewhere/,
  ],
  [
    "engine came up: always",
    [...run, ...shutDown, ...back, ["start", 22_900]],
    "start",
    "engine",
    /“always” started it as the engine came up/,
    always,
  ],
  [
    "engine came up: unless-stopped, and it was not",
    [...run, ...shutDown, ["start", 22_900], ...back],
    "start",
    "engine",
    /“unless-stopped” started it as the engine came up/,
    unlessStopped,
  ],
  [
    "engine came up: unless-stopped, it was stopped before, and is started by hand",
    [...run, ...shutDown.slice(0, 4), ["unreachable", 60_000, { kind: "engine" }], ...back, ["start", 90_000]],
    "start",
    "elsewhere",
    /^Started by a client elsewhere/,
    unlessStopped,
  ],
  [
    "engine came up: no policy, started by hand",
    [...run, ...shutDown, ...back, ["start", 40_000]],
    "start",
    "elsewhere",
    /^Started by a client elsewhere/,
  ],
  [
    "ended while the engine was away",
    [...run, ["unreachable", 9_000, { kind: "engine" }], ...back, ["die", 9_500, { code: 137, inferred: true }]],
    "die",
    "unknown",
    /^Not known: it ended while the engine was away/,
  ],
  [
    "ended by itself just after the engine was back: nobody heard what was asked meanwhile",
    [
      ...run,
      ["unreachable", 9_000, { kind: "engine" }],
      ["connected", 12_000, { kind: "engine" }],
      ["die", 13_000, { code: 0 }],
    ],
    "die",
    "unknown",
    /^Not known: what was before it was not heard/,
  ],
  [
    "ended by itself, long after the engine was back",
    [
      ...run,
      ["unreachable", 9_000, { kind: "engine" }],
      ["connected", 12_000, { kind: "engine" }],
      ["die", 60_000, { code: 0 }],
    ],
    "die",
    "own",
    /^It ended by itself/,
  ],
  [
    "started when the engine had been back for a while, whose policy might have",
    [...run, ...shutDown, ...back, ["start", 40_000]],
    "start",
    "unknown",
    /^Not known: a client elsewhere/,
    always,
  ],
  [
    "found running after the engine was away",
    [...run, ...shutDown, ...back, ["start", 22_900, { inferred: true }]],
    "start",
    "unknown",
    /^Nobody told/,
    always,
  ],
  [
    "started again, and between the two events are missing",
    [...run, ["die", 9_000, { code: 1 }], ["gap", 0], ["start", 12_000]],
    "start",
    "unknown",
    /^Not known: a client elsewhere/,
    always,
  ],
  [
    "the first that is heard is its end: its policy starts it again",
    [
      ["die", 9_000, { code: 1 }],
      ["start", 9_100],
    ],
    "start",
    "policy",
    /started it again after exit 1/,
    always,
  ],
  [
    "found gone after the engine was away",
    [...run, ["unreachable", 9_000, { kind: "engine" }], ...back, ["destroy", 23_000, { inferred: true }]],
    "destroy",
    "unknown",
    /^Nobody told/,
  ],
  [
    "found gone, and it was to go at its end",
    [...run, ["unreachable", 9_000, { kind: "engine" }], ...back, ["destroy", 23_000, { inferred: true }]],
    "destroy",
    "unknown",
    /^Not known: .*--rm/,
    { ...facts, autoRemove: true },
  ],
  [
    "engine crashed: what had outlived it",
    [
      ...run,
      ["unreachable", 9_000, { kind: "engine" }],
      ["kill", 11_200, { signal: 9 }],
      ["die", 11_300, { code: 137 }],
      ["stop", 11_310],
      ["start", 11_900],
      ["connected", 12_000, { kind: "engine" }],
    ],
    "die",
    "engine",
    /^Stopped by the engine as it came up/,
    always,
  ],
  [
    "engine crashed: its start",
    [
      ...run,
      ["unreachable", 9_000, { kind: "engine" }],
      ["kill", 11_200, { signal: 9 }],
      ["die", 11_300, { code: 137 }],
      ["stop", 11_310],
      ["start", 11_900],
      ["connected", 12_000, { kind: "engine" }],
    ],
    "start",
    "engine",
    /“always” started it as the engine came up/,
    always,
  ],
  [
    "docker stop after the engine was back",
    [
      ...run,
      ["unreachable", 9_000, { kind: "engine" }],
      ["connected", 12_000, { kind: "engine" }],
      ["kill", 15_000, { signal: 15 }],
      ["die", 15_010, { code: 0 }],
      ["stop", 15_020],
    ],
    "die",
    "elsewhere",
    /^Stopped by a client elsewhere/,
  ],
];

describe("why a container changed", () => {
  it.each(cases)("%s", (_name, steps, of, cause, text, given = facts) => {
    const list = rows(steps);
    const at = list.findLastIndex((r) => r.kind === "event" && r.event.action === of);
    const why = whysOf(list, given)[at];
    expect(why?.cause).toBe(cause);
    expect(why?.text).toMatch(text);
  });

  it("says nothing of what is no change", () => {
    const list = rows([...run, ["exec_start", 900], ["attach", 950], ["connect", 960, { kind: "network" }]]);
    expect(whysOf(list, facts).slice(2)).toEqual([null, null, null]);
  });
});
