import { describe, expect, test } from "vitest";
import { BEAT, Drive } from "./drive";
import {
  type LinkEvent,
  type LinkPhase,
  type LinkState,
  nextTickAt,
  OFFLINE_AFTER_MS,
  POLL_HIDDEN_MS,
  POLL_MAX_MS,
  POLL_METRICS_MS,
  POLL_MIN_MS,
  POLL_TIMEOUT_MS,
} from "./link";
import { every, failing, IN, type Where } from "./pollingStates";

const phaseOf = (where: Where) => where.replace(/,.*/, "") as LinkPhase;

const EVENTS: Record<string, (s: LinkState) => LinkEvent> = {
  connect: () => ({ type: "connect" }),
  disconnect: () => ({ type: "disconnect" }),
  retry: () => ({ type: "retry" }),
  polled: (s) => ({ type: "polled", id: s.poll.id, ms: 20, changed: true, again: false }),
  "an old poll's answer": (s) => ({ type: "polled", id: s.poll.id - 1, ms: 20, changed: true, again: false }),
  pollFailed: (s) => ({ type: "pollFailed", id: s.poll.id, code: 502, text: "no" }),
  "pollFailed 401": (s) => ({ type: "pollFailed", id: s.poll.id, code: 401, text: "no" }),
  "pollFailed 403": (s) => ({ type: "pollFailed", id: s.poll.id, code: 403, text: "no" }),
  "an old poll's 401": (s) => ({ type: "pollFailed", id: s.poll.id - 1, code: 401, text: "no" }),
  force: () => ({ type: "force", why: "another reason" }),
  unforce: () => ({ type: "force", why: null }),
  synced: (s) => ({ type: "synced", generation: s.generation }),
  desynced: (s) => ({ type: "desynced", generation: s.generation }),
  unauthorized: (s) => ({ type: "unauthorized", generation: s.generation, code: 401, text: "no" }),
  watch: () => ({ type: "watch", metrics: true }),
  tick: () => ({ type: "tick" }),
  online: () => ({ type: "online" }),
  offline: () => ({ type: "offline" }),
  visible: () => ({ type: "visible" }),
  hidden: () => ({ type: "hidden" }),
  wake: () => ({ type: "wake" }),
  ...Object.fromEntries(
    [1006, 4000, 4004, 4400, 4401, 4403, 4406, 4409].map((code) => [
      `closed ${code}`,
      (s: LinkState): LinkEvent => ({ type: "closed", generation: s.generation, code, text: "" }),
    ]),
  ),
};

const asking: Where[] = ["connecting, forced", "reconnecting, asking", "polling, asking", "syncing, forced"];
const probes: Where[] = ["polling, probing", "polling, proving"];

/** Where an event leads; what is not named stays. */
const LEADS: [from: Where[], events: string[], to: LinkPhase][] = [
  [every, ["disconnect"], "idle"],
  [every, ["unauthorized"], "signin"],
  [asking, ["polled"], "polling"],
  [asking, ["pollFailed"], "reconnecting"],
  [asking, ["pollFailed 401", "pollFailed 403"], "signin"],
  [probes, ["closed 4401", "closed 4403"], "signin"],
  [probes, ["closed 4406"], "update"],
  [["offline, by polls"], ["closed 4401", "closed 4403"], "signin"],
  [["offline, by polls"], ["closed 4406"], "update"],
  [["polling, promoted"], ["synced"], "live"],
  [["polling, promoted"], ["closed 1006", "closed 4000", "closed 4004"], "reconnecting"],
  [["polling, promoted"], ["closed 4400", "closed 4409"], "closed"],
  [["polling, promoted"], ["closed 4401", "closed 4403"], "signin"],
  [["polling, promoted"], ["closed 4406"], "update"],
  [["polling, promoted"], ["force"], "syncing"],
  [["reconnecting, asking", "reconnecting, by polls"], ["offline"], "offline"],
];

describe("every transition without a WebSocket", () => {
  for (const from of every) {
    for (const [name, make] of Object.entries(EVENTS)) {
      const to = LEADS.find(([phases, events]) => phases.includes(from) && events.includes(name))?.[2] ?? phaseOf(from);
      test(`${from} + ${name} → ${to}`, () => {
        const d = IN[from]();
        expect(d.state.phase).toBe(phaseOf(from));
        d.http = "manual";
        d.send(make(d.state));
        expect(d.state.phase).toBe(to);
        // Whatever it was, the machine neither sleeps for good nor spins.
        const due = nextTickAt(d.state);
        const stopped = ["idle", "signin", "update", "closed"].includes(to);
        expect(due === null).toBe(stopped);
      });
    }
  }

  test("nothing waits in the past: no tick leads to another at the same instant again and again", () => {
    for (const from of every) {
      const d = IN[from]();
      for (let i = 0; i < 5; i++) d.send({ type: "tick" });
      expect(nextTickAt(d.state) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(d.now);
    }
  });
});

describe("the pace of polls", () => {
  /** The next poll's wait, after an answer. */
  const wait = (d: Drive) => (d.state.poll.dueAt ?? 0) - d.now;
  const next = (d: Drive, changed: boolean, ms = 20) => {
    d.send({ type: "tick" }, wait(d)).polled(changed, ms);
    return wait(d);
  };

  test("nothing new makes it slower, changes faster: 1 to 10 s", () => {
    const d = new Drive().polling();
    expect(wait(d)).toBe(POLL_MIN_MS);
    const waits = Array.from({ length: 8 }, () => next(d, false));
    expect(waits.slice(0, 3)).toEqual([1_500, 2_250, 3_375]);
    expect(waits.at(-1)).toBe(POLL_MAX_MS);
    expect([next(d, true), next(d, true), next(d, true), next(d, true), next(d, true)]).toEqual([
      5_000, 2_500, 1_250, 1_000, 1_000,
    ]);
  });

  test("a first answer that waited for a server that stood still is not given as long a rest", () => {
    const d = new Drive();
    d.http = "manual";
    d.send({ type: "connect" }).close(1006).send({ type: "tick" }, 1_000).close(1006).polled(false, 6_000);
    expect(d.state.phase).toBe("polling");
    expect(wait(d)).toBe(POLL_MIN_MS);
    expect(next(d, true, 6_000), "but a later one is").toBe(6_000);
  });

  test("metrics on screen: every 2 s at the least, and soon after a scroll", () => {
    const d = new Drive().polling();
    for (let i = 0; i < 8; i++) next(d, false);
    d.send({ type: "watch", metrics: true }, 300);
    expect(wait(d)).toBe(POLL_MIN_MS - 300);
    expect(next(d, false)).toBe(POLL_METRICS_MS);
    d.send({ type: "watch", metrics: false });
    expect(next(d, false)).toBe(POLL_MAX_MS);
  });

  test("a hidden page polls every 30 s, and at once when it is shown", () => {
    const d = new Drive().polling();
    d.send({ type: "watch", metrics: true }).send({ type: "hidden" }, 400);
    expect(wait(d)).toBe(POLL_HIDDEN_MS - 400);
    expect(next(d, true)).toBe(POLL_HIDDEN_MS);
    d.send({ type: "visible" }, 5_000);
    expect(d.kinds()).toContain("poll");
    d.polled();
    expect(wait(d)).toBeLessThanOrEqual(POLL_METRICS_MS);
  });

  test("an answer that took long gives a rest as long", () => {
    const d = new Drive().polling();
    expect(next(d, true, 3_000)).toBe(3_000);
    expect(next(d, true, 14_000)).toBe(POLL_MAX_MS);
    expect(next(d, true, 20)).toBe(POLL_MIN_MS);
  });

  test("what did not fit is asked for anew after a second", () => {
    const d = new Drive().polling();
    for (let i = 0; i < 8; i++) next(d, false);
    d.send({ type: "tick" }, wait(d)).polled(false, 20, true);
    expect(wait(d)).toBe(POLL_MIN_MS);
  });

  test("one at a time, and one without an answer is given up", () => {
    const d = IN["polling, asking"]();
    const { id } = d.state.poll;
    for (let t = 1_000; t < POLL_TIMEOUT_MS; t += 1_000) d.send({ type: "tick" }, 1_000);
    expect(d.state).toMatchObject({ phase: "polling", poll: { id } });
    d.send({ type: "tick" }, 1_000);
    expect(d.state.phase).toBe("reconnecting");
  });

  test("a poll's round trip is measured", () => {
    expect(new Drive().polling().polled(false, 33).all).toContainEqual({ type: "rtt", ms: 20 });
  });
});

describe("polls that fail", () => {
  test("are a lost link, with backoff, offline after a minute", () => {
    const d = failing();
    expect(d.kinds()).toContain("lost");
    expect(d.state).toMatchObject({ phase: "reconnecting", attempt: 1, reason: { code: 0, text: "no" } });
    const waits: number[] = [];
    for (let i = 0; i < 5; i++) {
      waits.push((d.state.retryAt ?? 0) - d.now);
      d.send({ type: "tick" }, waits.at(-1));
      expect(d.kinds()).toContain("poll");
      d.pollFails();
    }
    expect(waits).toEqual([750, 1_250, 2_250, 4_250, 7_750]);
    d.http = "down";
    d.run(OFFLINE_AFTER_MS, false);
    expect(d.state.phase).toBe("offline");
    d.http = "manual";
    d.send({ type: "retry" }).polled();
    expect(d.state).toMatchObject({ phase: "polling", attempt: 0, failingSince: null });
    expect(d.effects).toContainEqual(expect.objectContaining({ type: "over" }));
  });

  test("each try asks for a WebSocket as well, which may be what works", () => {
    const d = failing().send({ type: "tick" }, 1_000);
    expect(d.kinds()).toEqual(expect.arrayContaining(["poll", "open"]));
    d.pollFails().welcome();
    d.pong(d.state.pingSeq, 5);
    for (let i = 0; i < 2; i++) {
      d.send({ type: "tick" }, BEAT);
      const ping = d.effects.find((e) => e.type === "ping");
      if (d.state.poll.askedAt !== null) d.pollFails();
      d.pong(ping?.n ?? 0, 5);
    }
    expect(d.state).toMatchObject({ phase: "syncing", transport: "websocket" });
  });
});
