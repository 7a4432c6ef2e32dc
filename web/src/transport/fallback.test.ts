/** The driver without a WebSocket: what is asked, what is handed on, and how it goes over. */
import { describe, expect, test } from "vitest";
import { ApiClient } from "../api/client";
import type { ServerMessage } from "../api/messages";
import { createLive } from "../store/live";
import { ManualFrames, ManualSignals, ManualTime, ManualTroubles } from "../testing/manual";
import { container, event, job, snapshot, welcome } from "../testing/samples";
import type { SignIn } from "./auth";
import { FakeNetwork } from "./fakeSocket";
import { FakeSync } from "./fakeSync";

const OK: SignIn = { ok: true, role: "operator" };

function make() {
  const time = new ManualTime();
  const frames = new ManualFrames();
  const network = new FakeNetwork();
  const signals = new ManualSignals();
  const sync = new FakeSync();
  const auth = { prepare: OK, check: OK };
  const client = new ApiClient();
  client.sync = sync.request;
  const live = createLive("0.1.0", {
    clock: time,
    timers: time,
    frames,
    signals,
    open: network.open,
    client,
    auth: {
      giveBack() {},
      prepare: () => Promise.resolve(auth.prepare),
      check: () => Promise.resolve(auth.check),
      signIn: () => Promise.resolve(OK),
    },
    random: () => 0,
    url: "ws://server/api/v1/stream",
    clientId: "tab-1",
    troubles: new ManualTroubles(),
  });
  const view = () => {
    frames.draw();
    return live.store.view();
  };
  return { time, frames, network, signals, sync, auth, live, view };
}

type Made = ReturnType<typeof make>;

const settle = async () => {
  for (let i = 0; i < 12; i++) await Promise.resolve();
};

/** Everything, at positions 3, 1, 2, 0 and 4. */
const all: ServerMessage[] = [
  ...snapshot("containers", 3, [container("a", 1)]),
  ...snapshot("system", 1, []),
  ...snapshot("jobs", 2, [job(3, 1)]),
  ...snapshot("alerts", 0, []),
  ...snapshot("events", 4, [event(3), event(4)]),
];

function marks(at: { containers: number; events: number }): ServerMessage[] {
  return [
    { type: "mark", topic: "containers", seq: at.containers },
    { type: "mark", topic: "system", seq: 1 },
    { type: "mark", topic: "jobs", seq: 2 },
    { type: "mark", topic: "alerts", seq: 0 },
    { type: "mark", topic: "events", seq: at.events },
  ];
}

const more = (from: number, seq: number): ServerMessage[] => [
  { type: "delta", topic: "containers", from, seq, added: [container(`c${seq}`, seq)] },
  { type: "delta", topic: "events", from: from + 1, seq: seq + 1, added: [event(seq + 1)] },
];

/** Two sockets are refused, and the first poll is answered. */
async function polling(made: Made = make()): Promise<Made> {
  made.live.connection.connect();
  await settle();
  made.network.last.end(1006);
  made.time.advance(500);
  await settle();
  made.network.last.end(1006);
  await settle();
  made.sync.answer(all);
  await settle();
  return made;
}

/** Lets the probe prove itself; polls are answered with marks meanwhile. */
async function prove({ network, time, sync }: Made, at: { containers: number; events: number }): Promise<void> {
  const probe = network.last;
  probe.open();
  probe.frame(welcome());
  for (let i = 0; i < 12; i++) {
    const ping = probe.sent.filter((m) => m["type"] === "ping").at(-1);
    probe.frame({ type: "pong", n: Number(ping?.["n"]) });
    if (probe.sent.some((m) => m["type"] === "sub")) return;
    time.advance(500);
    await settle();
    if (sync.waiting) sync.answer(marks(at));
    await settle();
  }
  throw new Error("not promoted");
}

describe("polling", () => {
  test("shows what the server has, says how and why, and knows the role", async () => {
    const { view, sync, live, network } = await polling();
    expect(network.sockets).toHaveLength(2);
    expect(sync.asked[0]?.query.getAll("topic")).toEqual(["containers", "system", "jobs", "alerts", "events"]);
    const v = view();
    expect(v.containers.entries.map((e) => e.key)).toHaveLength(1);
    expect(v.events.rows.map((r) => r.kind)).toEqual(["event", "event"]);
    expect(v.role).toBe("operator");
    expect(v.connection).toMatchObject({
      phase: "polling",
      transport: "polling",
      pollEveryMs: 1_000,
      why: "The WebSocket was refused twice",
      retryAt: null,
    });
    expect(v.connection.nextProbeAt).not.toBeNull();
    expect(live.trouble.list().map((t) => t.what)).toEqual(["refused", "polling"]);
  });

  test("goes on from its positions; its round trips, polls and bytes are counted", async () => {
    const made = await polling();
    made.time.advance(1_000);
    await settle();
    expect(made.sync.last.get("epoch")).toBe("e1");
    expect(made.sync.last.getAll("seq")).toEqual(["3", "1", "2", "0", "4"]);
    made.time.advance(40);
    made.sync.answer([...more(3, 4), ...marks({ containers: 4, events: 5 })]);
    await settle();
    // The next poll, and then the report of it.
    made.time.advance(2_000);
    const { quality, events, containers } = made.view();
    expect(quality).toMatchObject({ polls: 3, rttP95: 40, malformed: 0, gaps: 0 });
    expect(quality.bytes).toBeGreaterThan(100);
    expect(containers.entries).toHaveLength(2);
    // Nothing was ever lost here: no row says so.
    expect(events.rows.map((r) => r.kind)).toEqual(["event", "event", "event"]);
  });

  test("another epoch: the old view stays until the new one is whole", async () => {
    const made = await polling();
    made.time.advance(1_000);
    await settle();
    made.sync.fail(410);
    await settle();
    expect(made.view().containers.entries).toHaveLength(1);
    expect(made.sync.last.getAll("seq")).toEqual(["", "", "", "", ""]);
    made.sync.answer([...snapshot("containers", 1, []), ...marks({ containers: 1, events: 0 }).slice(1)], "e2");
    await settle();
    expect(made.view().containers.entries).toHaveLength(0);
    expect(made.view().connection.phase).toBe("polling");
  });

  test("a failed poll is a lost link; the events that were missed are told as such", async () => {
    const made = await polling();
    made.time.advance(1_000);
    await settle();
    made.sync.fail(0, "The server can't be reached.");
    await settle();
    expect(made.view().connection).toMatchObject({ phase: "reconnecting", transport: "polling" });
    made.time.advance(500);
    await settle();
    made.sync.answer([...more(3, 4), ...marks({ containers: 4, events: 5 })]);
    await settle();
    const { events, connection } = made.view();
    expect(connection.phase).toBe("polling");
    expect(events.rows.map((r) => (r.kind === "gap" ? `${r.reason} ${r.replayed}` : r.event.seq))).toEqual([
      3,
      4,
      "connection 1",
      5,
    ]);
  });

  test("a session that is not valid any more asks for a sign-in", async () => {
    const made = await polling();
    made.time.advance(1_000);
    await settle();
    made.sync.fail(401, "Sign in again.");
    await settle();
    expect(made.view().connection).toMatchObject({ phase: "signin", reason: { code: 401, text: "Sign in again." } });
    made.time.advance(600_000);
    await settle();
    expect(made.sync.waiting).toBe(false);
  });

  test("metrics are polled with the filter, and are as fresh as their frame", async () => {
    const made = await polling();
    made.live.connection.setMetrics({ rows: [1], cols: ["cpu"] });
    made.time.advance(1_000);
    await settle();
    expect(made.sync.last.get("rows")).toBe("1");
    const frame: ServerMessage = {
      type: "metrics",
      topic: "metrics",
      seq: 8,
      at: 1,
      rows: [1],
      cols: { cpu: { v: [77] } },
    };
    made.sync.answer([...marks({ containers: 3, events: 4 }), frame]);
    await settle();
    made.view();
    expect(made.live.store.metrics.read(1, "cpu")).toBe(77);
    expect(made.live.store.metrics.age(1)).toBe(0);
    made.time.advance(2_000);
    await settle();
    expect(made.sync.last.getAll("seq").at(-1)).toBe("8");
    expect(made.view().connection.pollEveryMs).toBeLessThanOrEqual(2_000);
  });

  test("a hidden page is left alone; shown, it is caught up at once", async () => {
    const made = await polling();
    made.signals.fire("hidden");
    made.time.advance(14_000);
    await settle();
    expect(made.sync.waiting).toBe(false);
    made.signals.fire("visible");
    await settle();
    expect(made.sync.waiting).toBe(true);
  });

  test("disconnected, nothing is asked and nothing waits", async () => {
    const made = await polling();
    made.time.advance(1_000);
    await settle();
    made.live.connection.disconnect();
    made.sync.answer(marks({ containers: 9, events: 9 }));
    await settle();
    expect(made.view().connection.phase).toBe("idle");
    expect(made.live.store.resume()?.topics).toMatchObject({ containers: 3, events: 4 });
    expect([made.time.waiting, made.signals.listening]).toEqual([0, 0]);
  });
});

describe("the way back", () => {
  test("the probe says hello and no more; promoted, it subscribes from the polled position", async () => {
    const made = await polling();
    made.signals.fire("online");
    await settle();
    const probe = made.network.last;
    made.sync.answer(marks({ containers: 3, events: 4 }));
    await settle();
    probe.open();
    expect(probe.sent).toEqual([{ type: "hello", v: 1, client: { id: "tab-1", name: "web", version: "0.1.0" } }]);
    // Polls go on meanwhile, and go further than where the hello was said.
    made.time.advance(1_500);
    await settle();
    made.sync.answer([...more(3, 6), ...marks({ containers: 6, events: 7 })]);
    await settle();
    probe.frame(welcome());
    await prove(made, { containers: 6, events: 7 });
    expect(probe.sent.filter((m) => m["type"] === "sub")).toMatchObject([
      { topic: "containers", from: 6 },
      { topic: "system", from: 1 },
      { topic: "jobs", from: 2 },
      { topic: "alerts", from: 0 },
      { topic: "events", from: 7 },
    ]);
    expect(made.view().connection).toMatchObject({ phase: "polling", transport: "websocket" });
    const subbed = (id: number, topic: "containers" | "system" | "jobs" | "alerts" | "events", seq: number) =>
      ({ type: "subbed", id, topic, recovered: true, seq }) as const;
    probe.frame([
      subbed(1, "containers", 8),
      subbed(2, "system", 1),
      subbed(5, "jobs", 2),
      subbed(10, "alerts", 0),
      subbed(3, "events", 9),
      ...more(6, 8),
    ]);
    const { connection, events, containers, quality } = made.view();
    expect(connection).toMatchObject({ phase: "live", transport: "websocket", why: null, pollEveryMs: null });
    expect(containers.entries).toHaveLength(3);
    expect(events.rows.map((r) => (r.kind === "event" ? r.event.seq : r.kind))).toEqual([3, 4, 7, 9]);
    expect(quality).toMatchObject({ gaps: 0, resyncs: 0 });
    expect(made.live.trouble.list().find((t) => t.what === "polling")?.until).toBeDefined();
  });

  test("a server that was started anew between: the socket begins with snapshots", async () => {
    const made = await polling();
    made.signals.fire("online");
    await settle();
    made.sync.answer(marks({ containers: 3, events: 4 }));
    await settle();
    const probe = made.network.last;
    probe.open();
    probe.frame(welcome("e2"));
    for (let i = 0; i < 12 && !probe.sent.some((m) => m["type"] === "sub"); i++) {
      probe.frame({ type: "pong", n: Number(probe.sent.at(-1)?.["n"]) });
      made.time.advance(500);
      await settle();
      if (made.sync.waiting) made.sync.answer(marks({ containers: 3, events: 4 }));
      await settle();
    }
    const subs = probe.sent.filter((m) => m["type"] === "sub");
    expect(subs).toHaveLength(5);
    for (const sub of subs) expect(sub).not.toHaveProperty("from");
    expect(made.view().containers.entries).toHaveLength(1);
  });

  test("what a probe says before it is promoted is applied to nothing", async () => {
    const made = await polling();
    made.signals.fire("online");
    await settle();
    made.sync.answer(marks({ containers: 3, events: 4 }));
    await settle();
    made.network.last.open();
    made.network.last.frame([welcome("e7"), ...more(3, 4)]);
    expect(made.live.store.resume()).toMatchObject({ epoch: "e1", topics: { containers: 3 } });
  });

  test("an answer to a poll that comes after the promotion is thrown away", async () => {
    const made = await polling();
    made.signals.fire("online");
    await settle();
    made.sync.answer(marks({ containers: 3, events: 4 }));
    await settle();
    made.network.last.open();
    made.network.last.frame(welcome());
    const probe = made.network.last;
    for (let i = 0; i < 40 && !probe.sent.some((m) => m["type"] === "sub"); i++) {
      const ping = probe.sent.filter((m) => m["type"] === "ping").at(-1);
      probe.frame({ type: "pong", n: Number(ping?.["n"]) });
      made.time.advance(500);
      await settle();
    }
    expect(made.sync.waiting).toBe(true);
    made.sync.answer([...more(3, 4), ...marks({ containers: 4, events: 5 })]);
    await settle();
    expect(made.live.store.resume()?.topics).toMatchObject({ containers: 3, events: 4 });
  });
});

describe("polling by wish", () => {
  test("at once, in both directions, with no event row for it", async () => {
    const made = make();
    made.live.connection.force("a setting");
    made.live.connection.connect();
    await settle();
    expect(made.network.sockets).toHaveLength(0);
    made.sync.answer(all);
    await settle();
    expect(made.view().connection).toMatchObject({ phase: "polling", why: "a setting", nextProbeAt: null });
    made.live.connection.force(null);
    await settle();
    expect(made.network.sockets).toHaveLength(1);
    await prove(made, { containers: 3, events: 4 });
    made.live.connection.force("a setting");
    expect(made.network.last.closedWith).not.toBeNull();
    await settle();
    made.sync.answer(marks({ containers: 3, events: 4 }));
    await settle();
    const { connection, events } = made.view();
    expect(connection.phase).toBe("polling");
    expect(events.rows.every((r) => r.kind === "event")).toBe(true);
  });
});

describe("logs", () => {
  test("are polled where there is no socket, and follow the socket when there is one", async () => {
    const made = await polling();
    const asked: string[] = [];
    made.live.client.logs = (key) => {
      asked.push(key);
      return Promise.resolve({ type: "logs", topic: "logs", id: 0, n: 0, at: [5], text: ["x"] });
    };
    const lines: string[] = [];
    made.live.logs.open(
      { containers: ["e/a"], tail: 3 },
      { frame: (f) => lines.push(...(f.text ?? [])), reset: () => {} },
    );
    await settle();
    made.frames.draw();
    expect([asked, lines]).toEqual([["e/a"], ["x"]]);
    made.signals.fire("online");
    await settle();
    made.sync.answer(marks({ containers: 3, events: 4 }));
    await settle();
    await prove(made, { containers: 3, events: 4 });
    const probe = made.network.last;
    expect(probe.sent.at(-1)).toEqual({
      type: "sub",
      id: 6,
      topic: "logs",
      filter: { containers: ["e/a"], tail: 3, since: { "e/a": 5 } },
    });
    probe.frame([
      { type: "subbed", id: 6, topic: "logs", recovered: false, seq: 0 },
      { type: "logs", topic: "logs", id: 6, n: 1, at: [5, 6], text: ["x", "y"] },
    ]);
    made.frames.draw();
    expect(lines).toEqual(["x", "y"]);
    expect(probe.sent.at(-1)).toEqual({ type: "ack", id: 6, n: 1 });
  });
});
