import { describe, expect, test } from "vitest";
import { BEAT, Drive } from "./drive";
import {
  EAGER_TIMEOUT_MS,
  NO_NETWORK_DOUBT_MS,
  NO_NETWORK_RETRY_MS,
  nextTickAt,
  OFFLINE_AFTER_MS,
  POLL_METRICS_MS,
  PROBE_MAX_MS,
  PROBE_MIN_MS,
  QUIET_MS,
  WHY_NOT_YET,
  WHY_REFUSED,
  WHY_STALLED,
  WHY_TRYING,
} from "./link";
import { pollEvery } from "./polling";
import { every, forced, IN, probing, proving, WHY } from "./pollingStates";

describe("falling back", () => {
  test("two refusals, and a poll is asked at once", () => {
    const d = new Drive();
    d.http = "manual";
    d.send({ type: "connect" }).close(1006);
    expect(d.kinds()).not.toContain("poll");
    d.send({ type: "tick" }, 1_000).close(1006);
    expect(d.kinds()).toContain("poll");
    expect(d.state).toMatchObject({ phase: "reconnecting", retryAt: null });
    d.polled();
    expect(d.state).toMatchObject({ phase: "polling", transport: "polling", why: WHY_REFUSED, attempt: 0 });
    expect(d.troubles()).toEqual(["refused", "refused", "polling"]);
  });

  test("a WebSocket that hangs: polling within ten seconds", () => {
    const d = new Drive();
    d.http = "manual";
    d.send({ type: "connect" });
    while (d.state.poll.askedAt === null && d.now < 60_000) {
      d.send({ type: "tick" }, (nextTickAt(d.state) ?? 0) - d.now);
    }
    d.polled();
    expect(d.state.phase).toBe("polling");
    expect(d.now).toBeLessThan(10_000);
    expect(d.now).toBeGreaterThan(2 * EAGER_TIMEOUT_MS);
  });

  test("a server that is away: sockets first, each time, and no polling", () => {
    const d = new Drive().up().close(1006);
    for (let i = 0; i < 6; i++) {
      d.send({ type: "tick" }, 20_000).close(1006);
      expect(d.state).toMatchObject({
        phase: d.now < OFFLINE_AFTER_MS ? "reconnecting" : "offline",
        transport: "websocket",
      });
    }
    d.send({ type: "tick" }, 20_000).reopen();
    expect(d.state.phase).toBe("live");
    expect(d.troubles()).not.toContain("polling");
  });

  test("a healthy socket makes refusals forgotten", () => {
    const d = new Drive();
    d.http = "manual";
    d.send({ type: "connect" }).close(1006).send({ type: "tick" }, 1_000).reopen();
    d.run(3 * BEAT);
    expect(d.state.refused).toBe(0);
    d.close(1006).send({ type: "tick" }, 1_000).close(1006);
    expect(d.kinds()).not.toContain("poll");
  });

  test("three stalls within a minute, and not before", () => {
    const d = new Drive();
    d.http = "manual";
    d.up();
    for (let i = 1; i <= 3; i++) {
      d.run(3 * BEAT);
      expect(d.state.phase).toBe("live");
      // Ticks go on, frames don't.
      for (let t = 0; t < 6_000 && /live|silent/.test(d.state.phase); t += 500) d.send({ type: "tick" }, 500);
      expect(d.kinds().includes("poll")).toBe(i === 3);
      if (i < 3) d.send({ type: "tick" }).reopen();
    }
    d.polled();
    expect(d.state).toMatchObject({ phase: "polling", why: WHY_STALLED });
    expect(d.troubles()).toEqual(["stalled", "stalled", "stalled", "polling"]);
  });

  test("stalls that are far between are no reason", () => {
    const d = new Drive();
    d.http = "manual";
    d.up();
    for (let i = 1; i <= 4; i++) {
      d.run(40_000);
      for (let t = 0; t < 6_000 && d.state.phase !== "reconnecting"; t += 500) d.send({ type: "tick" }, 500);
      expect(d.kinds()).not.toContain("poll");
      d.send({ type: "tick" }).reopen();
    }
  });

  test("a page that slept has not stalled", () => {
    const d = new Drive().up();
    for (let i = 0; i < 4; i++) {
      d.run(3 * BEAT)
        .send({ type: "tick" }, 30_000)
        .send({ type: "tick" }, BEAT);
      expect(d.state.phase).toBe("reconnecting");
      d.send({ type: "tick" }).reopen();
    }
    expect(d.state.stalls).toEqual([]);
  });
});

describe("probes", () => {
  test("come after 15 to 120 s, rarer each time, with jitter", () => {
    const d = new Drive().polling();
    const waits: number[] = [];
    for (let i = 0; i < 6; i++) {
      while (d.state.probeAt !== null && d.now < d.state.probeAt) {
        d.send({ type: "tick" }, Math.min(d.state.poll.dueAt ?? 0, d.state.probeAt) - d.now);
        if (d.state.poll.askedAt !== null) d.polled();
      }
      expect(d.state.socket).toBe("opening");
      const before = d.now;
      d.close(1006);
      expect(d.state.phase).toBe("polling");
      waits.push((d.state.probeAt ?? 0) - before);
    }
    expect(waits[0]).toBe(PROBE_MIN_MS * 2 * 1.25);
    for (const w of waits) {
      expect(w).toBeGreaterThanOrEqual(PROBE_MIN_MS);
      expect(w).toBeLessThanOrEqual(PROBE_MAX_MS);
    }
    expect(waits.at(-1)).toBe(100_000);
  });

  for (const type of ["online", "visible", "wake", "retry"] as const) {
    test(`at once on ${type}`, () => {
      const d = new Drive().polling().send({ type }, 300);
      expect(d.kinds()).toEqual(expect.arrayContaining(["poll", "open"]));
    });
  }

  test("say hello and no more, until two heartbeats were answered", () => {
    const d = probing();
    d.send({ type: "opened", generation: d.state.generation });
    expect(d.kinds()).toEqual(["hello"]);
    expect(proving(1).state).toMatchObject({ probing: true, transport: "polling" });
    const up = proving(2);
    expect(up.kinds()).toContain("promote");
    expect(up.state).toMatchObject({ probing: false, transport: "websocket", phase: "polling", why: null });
    expect(up.state.poll).toMatchObject({ askedAt: null, dueAt: null });
    up.send({ type: "synced", generation: up.state.generation });
    expect(up.state.phase).toBe("live");
    expect(up.troubles()).not.toContain("lost");
    expect(up.all.map((e) => e.type)).not.toContain("lost");
  });

  test("an answer to a poll that comes after the promotion is not taken", () => {
    const d = proving(1).send({ type: "online" }).send({ type: "tick" }, BEAT);
    const poll = d.state.poll.id;
    expect(d.state.poll.askedAt).not.toBeNull();
    d.pong(d.state.pingSeq, 5);
    const { state } = d;
    expect(d.send({ type: "polled", id: poll, ms: 1, changed: true, again: false }).state).toBe(state);
    expect(d.send({ type: "pollFailed", id: poll, code: 401, text: "" }).state).toBe(state);
  });

  test("a promoted socket that takes long to catch up says so", () => {
    const d = proving(2);
    d.send({ type: "tick" }, QUIET_MS - 1);
    expect(d.state.phase).toBe("polling");
    d.send({ type: "tick" }, 1);
    expect(d.state.phase).toBe("syncing");
    d.send({ type: "synced", generation: d.state.generation });
    expect(d.state.phase).toBe("live");
  });

  test("one that is silent is given up, quietly", () => {
    const d = proving(1);
    for (let t = 0; t < 8_000; t += 500) {
      d.send({ type: "tick" }, 500);
      if (d.state.poll.askedAt !== null) d.polled();
    }
    expect(d.state).toMatchObject({ phase: "polling", socket: "none" });
    expect(d.all.filter((e) => e.type === "count" && (e.what === "stall" || e.what === "missedBeat"))).toEqual([]);
    expect(d.troubles()).toEqual(["refused", "refused", "polling"]);
  });

  test("the socket that was won may be lost again, and polls come back", () => {
    const d = proving(2);
    d.send({ type: "synced", generation: d.state.generation }).close(1006);
    expect(d.kinds()).toContain("lost");
    expect(d.state).toMatchObject({ phase: "reconnecting", transport: "websocket" });
    d.send({ type: "tick" }, 1_000).close(1006).send({ type: "tick" }, 2_000).close(1006).polled();
    expect(d.state.phase).toBe("polling");
  });
});

describe("polling that is wanted", () => {
  test("from the start: no socket at all, and no probe", () => {
    const d = IN["connecting, forced"]();
    expect(d.kinds()).toEqual(["count", "poll"]);
    d.polled();
    expect(d.state).toMatchObject({ phase: "polling", why: WHY, probeAt: null });
    d.send({ type: "online" }).send({ type: "visible" }).send({ type: "retry" });
    expect(d.all.map((e) => e.type)).not.toContain("open");
  });

  test("while live: the socket is closed, the poll asked at once, nothing is lost", () => {
    const d = forced();
    expect(d.kinds()).toEqual(["close", "dropped", "count", "poll"]);
    expect(d.state.phase).toBe("syncing");
    d.polled();
    expect(d.state).toMatchObject({ phase: "polling", why: WHY });
    expect(d.all.map((e) => e.type)).not.toContain("lost");
  });

  test("no longer: the WebSocket is tried at once", () => {
    const d = IN["polling, forced"]().send({ type: "force", why: null });
    expect(d.kinds()).toContain("open");
    expect(d.state).toMatchObject({ phase: "polling", why: WHY_TRYING, probing: true });
    d.close(1006);
    expect(d.state).toMatchObject({ phase: "polling", why: WHY_NOT_YET });
    expect(d.state.probeAt).not.toBeNull();
  });

  test("known before there is a connection, it holds after a sign-in too", () => {
    const d = IN["connecting, forced"]().pollFails(401);
    expect(d.state.phase).toBe("signin");
    d.send({ type: "retry" });
    expect(d.kinds()).toEqual(["count", "poll"]);
  });
});

describe("without a network", () => {
  test("what is up is asked, and stays up when it answers", () => {
    const d = new Drive()
      .up()
      .run(3 * BEAT)
      .send({ type: "offline" }, 100);
    expect(d.kinds()).toEqual(["ping"]);
    d.pong(d.state.pingSeq, 5).send({ type: "tick" }, NO_NETWORK_DOUBT_MS);
    expect(d.state.phase).toBe("live");
  });

  test("what does not answer is offline at once, and no attempt counts", () => {
    const d = new Drive()
      .up()
      .run(3 * BEAT)
      .send({ type: "offline" }, 100)
      .send({ type: "tick" }, NO_NETWORK_DOUBT_MS);
    expect(d.state).toMatchObject({ phase: "offline", attempt: 0, refused: 0 });
    expect(d.troubles()).toEqual(["offline"]);
    for (let i = 0; i < 4; i++) {
      expect((d.state.retryAt ?? 0) - d.now).toBe(NO_NETWORK_RETRY_MS);
      d.send({ type: "tick" }, NO_NETWORK_RETRY_MS).close(1006);
    }
    expect(d.state).toMatchObject({ phase: "offline", attempt: 0, refused: 0, transport: "websocket" });
    d.send({ type: "online" });
    expect(d.state.phase).toBe("reconnecting");
    expect(d.kinds()).toContain("open");
    d.reopen();
    expect(d.state.phase).toBe("live");
  });

  test("what polls is asked, too", () => {
    const d = new Drive().polling().send({ type: "offline" }, 100);
    expect(d.kinds()).toContain("poll");
    d.pollFails();
    expect(d.state).toMatchObject({ phase: "offline", attempt: 0 });
    d.send({ type: "online" }).polled();
    expect(d.state.phase).toBe("polling");
  });
});

describe("pages that were frozen, clocks that were set", () => {
  test("ten minutes: live again within 5 s, by a socket or by polls", () => {
    const socket = new Drive()
      .up()
      .run(3 * BEAT)
      .send({ type: "wake" }, 600_000);
    expect(socket.kinds()).toContain("ping");
    const woke = socket.now;
    socket.send({ type: "tick" }, BEAT).send({ type: "tick" }).reopen();
    expect(socket.state.phase).toBe("live");
    expect(socket.now - woke).toBeLessThan(5_000);

    const polls = new Drive().polling().send({ type: "wake" }, 600_000);
    expect(polls.kinds()).toEqual(expect.arrayContaining(["woke", "poll", "open"]));
    expect(polls.polled().state.phase).toBe("polling");
  });

  test("a poll that was asked before the freeze is asked again", () => {
    const d = IN["polling, asking"]();
    const { id } = d.state.poll;
    d.send({ type: "wake" }, 600_000);
    expect(d.state.phase).toBe("polling");
    expect(d.state.poll.id).toBeGreaterThan(id);
  });

  test("backwards: nothing fires, nothing is blocked", () => {
    for (const from of every) {
      const d = IN[from]();
      const { phase } = d.state;
      d.http = "manual";
      d.now -= 7_200_000;
      d.send({ type: "tick" });
      expect(d.state.phase).toBe(phase);
      expect(d.kinds()).not.toContain("close");
      const due = nextTickAt(d.state);
      if (due !== null) expect(due - d.now).toBeLessThan(30_000);
    }
  });

  test("forwards while polling: asked at once, and the pace is as it was", () => {
    const d = new Drive().polling().send({ type: "tick" }, 7_200_000);
    expect(d.kinds()).toContain("poll");
    d.polled();
    expect(pollEvery(d.state)).toBeLessThanOrEqual(POLL_METRICS_MS);
  });
});
