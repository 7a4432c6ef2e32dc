import { describe, expect, test } from "vitest";
import { BEAT, Drive } from "./drive";
import {
  EAGER_TIMEOUT_MS,
  HEALTHY_BEATS,
  type LinkEvent,
  type LinkPhase,
  type LinkState,
  nextTickAt,
  OFFLINE_AFTER_MS,
  OPEN_TIMEOUT_MS,
} from "./link";

type Where = Exclude<LinkPhase, "polling"> | "reconnecting, trying" | "offline, trying";

function phaseOf(where: Where): LinkPhase {
  return where.replace(", trying", "") as LinkPhase;
}

/** A machine in each phase, made the way it gets there. */
const IN: Record<Where, () => Drive> = {
  idle: () => new Drive(),
  connecting: () => new Drive().send({ type: "connect" }),
  syncing: () => {
    const d = new Drive().up();
    return d.send({ type: "desynced", generation: d.state.generation });
  },
  live: () => new Drive().up(),
  slow: () => new Drive().up().run(8_000, true, 700),
  silent: () => {
    const d = new Drive().up().run(3 * BEAT);
    while (d.state.phase === "live") d.send({ type: "tick" }, 500);
    return d;
  },
  reconnecting: () => new Drive().up().close(1006),
  "reconnecting, trying": () => IN.reconnecting().send({ type: "retry" }),
  offline: () => {
    const d = new Drive()
      .up()
      .close(1006)
      .run(OFFLINE_AFTER_MS + 20_000, false);
    return d.state.socket === "none" ? d : d.close(1006);
  },
  "offline, trying": () => IN.offline().send({ type: "retry" }),
  signin: () => new Drive().up().close(4401),
  update: () => new Drive().up().close(4406),
  closed: () => new Drive().up().close(4409),
};

type Make = (s: LinkState) => LinkEvent;
const event: Record<string, Make> = {
  connect: () => ({ type: "connect" }),
  disconnect: () => ({ type: "disconnect" }),
  retry: () => ({ type: "retry" }),
  opened: (s) => ({ type: "opened", generation: s.generation }),
  frame: (s) => ({ type: "frame", generation: s.generation }),
  welcome: (s) => ({ type: "welcome", generation: s.generation, heartbeatMs: BEAT }),
  asked: (s) => ({ type: "asked", generation: s.generation }),
  synced: (s) => ({ type: "synced", generation: s.generation }),
  desynced: (s) => ({ type: "desynced", generation: s.generation }),
  unauthorized: (s) => ({ type: "unauthorized", generation: s.generation, code: 401, text: "no" }),
  online: () => ({ type: "online" }),
  visible: () => ({ type: "visible" }),
  ...Object.fromEntries(
    [1006, 4000, 4001, 4002, 4003, 4004, 4400, 4401, 4403, 4406, 4409, 4413, 4499, 4999].map((code) => [
      `closed ${code}`,
      (s: LinkState): LinkEvent => ({ type: "closed", generation: s.generation, code, text: "" }),
    ]),
  ),
};

const trying: Where[] = ["reconnecting, trying", "offline, trying"];
const open: Where[] = ["connecting", "syncing", "live", "slow", "silent", ...trying];
const every = Object.keys(IN) as Where[];

/** Where an event leads from a phase; what is not named stays. */
const LEADS: [from: Where[], event: string, to: LinkPhase][] = [
  [["idle"], "connect", "connecting"],
  [every, "disconnect", "idle"],
  [["signin", "update", "closed"], "retry", "connecting"],
  ...["1006", "4000", "4001", "4002", "4003", "4004", "4999"].flatMap((code): [Where[], string, LinkPhase][] => [
    [["offline, trying"], `closed ${code}`, "offline"],
    [open, `closed ${code}`, "reconnecting"],
  ]),
  [open, "closed 4400", "closed"],
  [open, "closed 4401", "signin"],
  [open, "closed 4403", "signin"],
  [open, "closed 4406", "update"],
  [open, "closed 4409", "closed"],
  [open, "closed 4413", "closed"],
  [open, "closed 4499", "closed"],
  [["live", "slow", "silent", ...trying], "welcome", "syncing"],
  [["syncing"], "synced", "live"],
  [["live", "slow", "silent"], "desynced", "syncing"],
  [["silent"], "frame", "live"],
  [[...open, "reconnecting", "offline", "update", "closed"], "unauthorized", "signin"],
];

describe("every transition", () => {
  for (const from of every) {
    for (const [name, make] of Object.entries(event)) {
      const to = LEADS.find(([phases, e]) => phases.includes(from) && e === name)?.[2] ?? phaseOf(from);
      test(`${from} + ${name} → ${to}`, () => {
        const d = IN[from]();
        expect(d.state.phase).toBe(phaseOf(from));
        d.send(make(d.state));
        expect(d.state.phase).toBe(to);
        if (to !== phaseOf(from)) expect(d.state.since).toBe(d.now);
      });
    }
  }
});

describe("a socket's life", () => {
  test("opens, greets, measures", () => {
    const d = new Drive().send({ type: "connect" });
    expect(d.effects).toEqual([{ type: "open", generation: 1 }]);
    d.send({ type: "opened", generation: 1 });
    expect(d.effects).toEqual([{ type: "greet", generation: 1 }]);
    d.send({ type: "welcome", generation: 1, heartbeatMs: BEAT });
    expect(d.effects).toEqual([{ type: "ping", generation: 1, n: 1 }]);
    d.pong(1, 7);
    expect(d.effects).toEqual([{ type: "rtt", ms: 7 }]);
  });

  test("until the first view there is nothing to catch up with", () => {
    const d = IN.connecting().welcome();
    expect(d.state.phase).toBe("connecting");
    d.close(1006).send({ type: "retry" }).welcome();
    expect(d.state.phase).toBe("connecting");
    d.send({ type: "synced", generation: d.state.generation });
    expect(d.state.phase).toBe("live");
    d.close(1006).send({ type: "retry" }).welcome();
    expect(d.state.phase).toBe("syncing");
  });

  test("what an abandoned socket says is ignored", () => {
    const d = IN.live();
    const old = d.state.generation;
    d.close(1006).send({ type: "retry" });
    expect(d.state.generation).toBe(old + 1);
    const before = d.state;
    for (const e of [
      { type: "opened", generation: old },
      { type: "frame", generation: old },
      { type: "welcome", generation: old, heartbeatMs: 1 },
      { type: "synced", generation: old },
      { type: "pong", generation: old, n: 1 },
      { type: "closed", generation: old, code: 4401, text: "" },
      { type: "unauthorized", generation: old, code: 401, text: "" },
    ] as const) {
      d.send(e);
      expect(d.state).toBe(before);
      expect(d.effects).toEqual([]);
    }
  });

  test("one that doesn't get its welcome is given up", () => {
    const d = IN.connecting();
    d.send({ type: "opened", generation: 1 }).send({ type: "tick" }, EAGER_TIMEOUT_MS - 1);
    expect(d.state.phase).toBe("connecting");
    d.send({ type: "tick" }, 1);
    expect(d.state.phase).toBe("reconnecting");
    expect(d.kinds()).toEqual(["close", "dropped", "count", "trouble", "checkSession"]);
  });

  test("has more time after the first two", () => {
    const d = IN.connecting().close(1006).send({ type: "retry" }).close(1006).send({ type: "retry" });
    expect((d.state.openBy ?? 0) - d.now).toBe(OPEN_TIMEOUT_MS);
  });

  test("a refused upgrade asks over HTTP whether the session is valid", () => {
    const d = IN.connecting().close(1006);
    expect(d.kinds()).toContain("checkSession");
    expect(IN.live().close(1006).kinds()).not.toContain("checkSession");
  });

  test("losing a welcomed link is told, losing an attempt is not", () => {
    expect(IN.live().close(1006).kinds()).toContain("lost");
    expect(IN.connecting().close(1006).kinds()).not.toContain("lost");
  });

  test("superseded is never retried by itself, whatever happens", () => {
    const d = IN.closed();
    expect(d.state.reason?.code).toBe(4409);
    d.run(600_000, false).send({ type: "online" }).send({ type: "visible" });
    expect(d.state.phase).toBe("closed");
    expect(nextTickAt(d.state)).toBeNull();
  });
});

describe("heartbeats", () => {
  test("a ping an interval, and a missed one is counted", () => {
    const d = IN.live().run(BEAT * 3);
    const pings = d.all.filter((e) => e.type === "ping").length;
    expect(pings).toBeGreaterThanOrEqual(3);
    expect(pings).toBeLessThanOrEqual(5);
    d.send({ type: "frame", generation: d.state.generation }).send({ type: "tick" }, BEAT);
    d.send({ type: "frame", generation: d.state.generation }).send({ type: "tick" }, BEAT);
    expect(d.all.filter((e) => e.type === "count")).toEqual([{ type: "count", what: "missedBeat" }]);
  });

  test("it goes with the answer to the server's where it is due soon, and alone where none comes", () => {
    const d = IN.live();
    const asked = () => d.send({ type: "asked", generation: d.state.generation });
    asked();
    expect(d.kinds()).toEqual([]); // one went with the welcome
    d.send({ type: "tick" }, 0.6 * BEAT).send({ type: "frame", generation: d.state.generation });
    expect(asked().kinds()).toEqual(["ping"]);
    // Not a second one before the first is answered.
    d.send({ type: "tick" }, 0.9 * BEAT).send({ type: "frame", generation: d.state.generation });
    expect(asked().kinds()).toEqual([]);
    d.pong(d.state.pingSeq, 5);
    for (const late of [0.2, 1.1, 0.9]) {
      d.send({ type: "tick" }, late * BEAT);
      expect(d.kinds()).not.toContain("ping");
      d.send({ type: "frame", generation: d.state.generation });
      expect(asked().kinds()).toEqual(["ping"]);
      d.pong(d.state.pingSeq, 0);
    }
    expect(d.send({ type: "tick" }, 1.25 * BEAT).kinds()).toContain("ping");
  });

  test("slow after three round trips over the limit, live after three under it", () => {
    const d = IN.live().run(2 * BEAT, true, 600);
    expect(d.state.phase).toBe("live");
    d.run(2 * BEAT, true, 600);
    expect(d.state.phase).toBe("slow");
    d.run(BEAT, true, 5);
    expect(d.state.phase).toBe("slow");
    d.run(3 * BEAT, true, 5);
    expect(d.state.phase).toBe("live");
  });

  test("a slow link that catches up again is slow still", () => {
    const d = IN.slow();
    const { generation } = d.state;
    d.send({ type: "desynced", generation }).send({ type: "synced", generation });
    expect(d.state.phase).toBe("slow");
  });

  test("an answer to another ping measures nothing", () => {
    const d = IN.live();
    d.send({ type: "pong", generation: d.state.generation, n: 99 });
    expect(d.effects).toEqual([]);
  });
});

describe("the watchdog", () => {
  test("live within two intervals of a frame only, and at once when the next comes", () => {
    const d = IN.live().run(6 * BEAT);
    const { lastFrameAt } = d.state;
    while (d.now - lastFrameAt < 2 * BEAT - 500) d.send({ type: "tick" }, 500);
    d.send({ type: "tick" }, lastFrameAt + 2 * BEAT - d.now);
    expect(d.state.phase).toBe("live");
    expect(nextTickAt(d.state)).toBe(d.now + 1);
    d.send({ type: "tick" }, 1);
    expect(d.state.phase).toBe("silent");
    expect(nextTickAt(d.state)).toBeGreaterThan(d.now);
    d.send({ type: "frame", generation: d.state.generation }, 10);
    expect(d.state.phase).toBe("live");
  });

  test("silence hides neither that it was slow nor that it is", () => {
    const d = IN.slow();
    while (d.state.phase === "slow") d.send({ type: "tick" }, 500);
    expect(d.state.phase).toBe("silent");
    d.send({ type: "frame", generation: d.state.generation }, 10);
    expect(d.state.phase).toBe("slow");
  });

  test("no frame for two and a half intervals: abandoned, tried again at once", () => {
    const d = IN.live().run(6 * BEAT);
    const { lastFrameAt, generation } = d.state;
    while (d.now - lastFrameAt < 2.5 * BEAT - 500) d.send({ type: "tick" }, 500);
    expect(d.state.phase).toBe("silent");
    d.send({ type: "tick" }, 501);
    expect(d.state.phase).toBe("reconnecting");
    expect(d.kinds()).toEqual(["count", "close", "lost", "dropped", "count", "trouble"]);
    expect(d.effects[0]).toEqual({ type: "count", what: "stall" });
    d.send({ type: "tick" });
    expect(d.effects).toEqual([{ type: "open", generation: generation + 1 }]);
  });

  test("any frame keeps the link", () => {
    const d = IN.live();
    for (let i = 0; i < 20; i++) d.send({ type: "frame", generation: d.state.generation }, 900).send({ type: "tick" });
    // Up, though its unanswered pings make it slow.
    expect(d.state.phase).toBe("slow");
  });
});

describe("clock jumps", () => {
  test("waking while up: one interval's grace, then another socket", () => {
    const d = IN.live().send({ type: "tick" }, 3_600_000);
    expect(d.state.phase).toBe("live");
    expect(d.kinds()).toEqual(["woke", "ping"]);
    d.send({ type: "tick" }, BEAT - 1);
    expect(d.state.phase).toBe("live");
    d.send({ type: "tick" }, 1);
    expect(d.state.phase).toBe("reconnecting");
    expect(d.state.retryAt).toBe(d.now);
  });

  test("a page that stalled finds its frames in the queue: nothing is lost", () => {
    const d = IN.live().send({ type: "tick" }, 20_000);
    d.send({ type: "frame", generation: d.state.generation }, 3).send({ type: "tick" }, BEAT);
    expect(d.state.phase).toBe("live");
  });

  test("throttled timers of a hidden page are no wake", () => {
    const d = IN.live();
    for (let i = 0; i < 60; i++) d.send({ type: "frame", generation: d.state.generation }, 1_000);
    d.send({ type: "tick" });
    expect(d.state.phase).toBe("live");
    expect(d.state.graceUntil).toBeNull();
  });

  test("waking while waiting: at once", () => {
    const d = IN.reconnecting();
    for (let i = 0; i < 5; i++) d.close(1006).send({ type: "retry" }).close(1006);
    d.send({ type: "tick" }, 1);
    d.send({ type: "tick" }, 3 * BEAT);
    expect(d.kinds()).toContain("open");
  });

  test("waking while a socket is opening: another at once, and the sleep is no failure of it", () => {
    const d = IN.reconnecting().send({ type: "retry" });
    const { attempt, refused, generation } = d.state;
    expect(d.state.socket).toBe("opening");
    d.send({ type: "tick" }, 1_000);
    d.send({ type: "tick" }, 600_000);
    expect(d.kinds()).toEqual(expect.arrayContaining(["woke", "close", "open"]));
    expect(d.state).toMatchObject({ attempt, refused, generation: generation + 1, retryAt: null });
  });

  test("backwards: nothing fires, nothing is blocked", () => {
    for (const from of every) {
      const d = IN[from]();
      const { phase } = d.state;
      d.now -= 7_200_000;
      d.send({ type: "tick" });
      expect(d.state.phase).toBe(phase);
      expect(d.kinds()).not.toContain("close");
      const due = nextTickAt(d.state);
      if (due !== null) expect(due - d.now).toBeLessThan(20_000);
    }
  });

  test("backwards while live: the watchdog still works", () => {
    const d = IN.live();
    d.now -= 7_200_000;
    d.send({ type: "tick" });
    for (let i = 0; i < 12; i++) d.send({ type: "tick" }, 500);
    expect(d.state.phase).toBe("reconnecting");
  });
});

describe("reconnecting", () => {
  test("waits longer each time, up to the limit", () => {
    const d = IN.connecting();
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      d.close(1006);
      waits.push((d.state.retryAt ?? 0) - d.now);
      d.send({ type: "retry" });
    }
    expect(waits).toEqual([750, 1_250, 2_250, 4_250, 7_750, 7_750, 7_750, 7_750].map((w) => Math.min(w, 7_750)));
  });

  test("the wait is over when it is over", () => {
    const d = IN.reconnecting();
    const wait = (d.state.retryAt ?? 0) - d.now;
    d.send({ type: "tick" }, wait - 1);
    expect(d.effects).toEqual([]);
    d.send({ type: "tick" }, 1);
    expect(d.kinds()).toEqual(["open"]);
    expect(d.state.retryAt).toBeNull();
  });

  for (const type of ["online", "visible", "retry"] as const) {
    test(`at once on ${type}`, () => {
      const d = IN.reconnecting().send({ type });
      expect(d.kinds()).toEqual(["open"]);
      // Another one changes nothing, but that a network which came back is worth another socket.
      expect(d.send({ type }).kinds()).toEqual(type === "online" ? ["close", "open"] : []);
    });
  }

  test("online while up asks the server now", () => {
    const d = IN.live().send({ type: "online" }, 100);
    expect(d.kinds()).toEqual(["ping"]);
  });

  test("offline after a minute of failing, and still trying", () => {
    const d = IN.reconnecting().run(OFFLINE_AFTER_MS - 2_000, false);
    expect(d.state.phase).toBe("reconnecting");
    d.run(3_000, false);
    expect(d.state.phase).toBe("offline");
    const tried = d.state.generation;
    d.run(60_000, false);
    expect(d.state.generation).toBeGreaterThan(tried);
    d.send({ type: "retry" });
    if (d.state.socket === "none") throw new Error("no attempt");
    d.reopen();
    expect(d.state.phase).toBe("live");
  });

  test("the backoff is reset by a welcome and two heartbeats, not by a welcome", () => {
    const d = IN.connecting();
    for (let i = 0; i < 4; i++) d.close(1006).send({ type: "retry" });
    d.reopen();
    expect(d.state.attempt).toBe(4);
    d.run(BEAT * (HEALTHY_BEATS - 1) + 100);
    expect(d.state.attempt).toBe(4);
    expect(d.state.failingSince).not.toBeNull();
    d.run(BEAT + 100);
    expect(d.state.attempt).toBe(0);
    expect(d.state.failingSince).toBeNull();
  });

  test("a server that welcomes and drops is not hammered", () => {
    const d = new Drive().send({ type: "connect" });
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) {
      d.reopen().close(1006);
      waits.push((d.state.retryAt ?? 0) - d.now);
      d.send({ type: "retry" });
    }
    expect(waits.at(-1)).toBeGreaterThan(5_000);
  });
});
