import { describe, expect, test } from "vitest";
import type { MetricsFrame } from "../api/types.gen";
import { ManualFrames, ManualTime } from "../testing/manual";
import { container, engine, event, keyOf, server, snapshot, welcome } from "../testing/samples";
import { initialConnection } from "../transport/connection";
import { QualityMeter } from "../transport/quality";
import { LiveStore } from "./liveStore";

const TOPICS = ["containers", "system", "events"] as const;

function make(crowd?: number) {
  const time = new ManualTime();
  const frames = new ManualFrames();
  const store = new LiveStore({
    clock: time,
    frames,
    connection: initialConnection(time),
    quality: new QualityMeter(time).snapshot(),
    ...(crowd === undefined ? {} : { crowd }),
  });
  let commits = 0;
  store.subscribe(() => commits++);
  store.opened(TOPICS);
  return { time, frames, store, commits: () => commits };
}

function metrics(change: Partial<MetricsFrame> = {}): MetricsFrame {
  return { type: "metrics", topic: "metrics", seq: 1, at: 1_795_442_527_250, ...change };
}

function answered(id = 4) {
  return { type: "subbed", id, topic: "metrics", recovered: false, seq: 1 } as const;
}

/** A store that has two containers, and their metrics. */
function live(crowd?: number) {
  const made = make(crowd);
  made.store.filtered(4, { rows: [1, 2] });
  made.store.receive(
    [
      welcome(),
      ...snapshot("containers", 10, [container("a", 1), container("b", 2)]),
      ...snapshot("system", 2, [
        { key: "server", server: server() },
        { key: "z", engine: engine({ id: "z" }) },
        { key: "b", engine: engine({ id: "b" }) },
      ]),
      ...snapshot("events", 4, [event(4)]),
      answered(),
      metrics({ rows: [1, 2], cols: { cpu: { v: [100, 200] } } }),
    ],
    10,
  );
  made.frames.draw();
  return made;
}

describe("commits", () => {
  test("one an animation frame, however much came", () => {
    const { store, frames, commits } = make();
    store.receive([welcome(), ...snapshot("containers", 1, [container("a", 1)])], 0);
    store.receive([{ type: "delta", topic: "containers", from: 1, seq: 2, added: [container("b", 2)] }], 0);
    store.receive([{ type: "delta", topic: "containers", from: 2, seq: 3, removed: [keyOf("a")] }], 0);
    expect(commits()).toBe(0);
    expect(store.view().containers.entries).toHaveLength(0);
    expect(frames.draw()).toBe(1);
    expect(commits()).toBe(1);
    expect(store.view().containers.entries.map((e) => e.container.id)).toEqual(["b"]);
    expect(frames.draw()).toBe(0);
  });

  test("none while hidden; one when shown, with everything", () => {
    const { store, frames, commits } = live();
    const before = commits();
    frames.isHidden = true;
    for (let seq = 10; seq < 20; seq++) {
      store.receive(
        [{ type: "delta", topic: "containers", from: seq, seq: seq + 1, added: [container(`n${seq}`, seq)] }],
        0,
      );
    }
    expect(frames.draw()).toBe(0);
    expect(commits()).toBe(before);
    frames.show();
    expect(frames.draw()).toBe(1);
    expect(commits()).toBe(before + 1);
    expect(store.view().containers.entries).toHaveLength(12);
  });

  test("none while hidden, but who asked for it is told at once and can look", () => {
    const { store, frames } = live();
    frames.isHidden = true;
    let told = 0;
    const stop = store.subscribeWakeful(() => told++);
    store.receive([{ type: "delta", topic: "events", from: 4, seq: 5, added: [event(5)] }], 0);
    store.receive([metrics({ seq: 2 })], 0);
    expect(told).toBe(1);
    expect(store.latest().events.rows).toHaveLength(2);
    expect(store.view().events.rows).toHaveLength(1);
    store.report({ ...store.view().connection, phase: "offline" }, store.view().quality, true);
    expect(told).toBe(2);
    expect(store.latest().connection.phase).toBe("offline");
    stop();
    store.receive([{ type: "delta", topic: "containers", from: 10, seq: 11, removed: [keyOf("a")] }], 0);
    expect(told).toBe(2);
  });

  test("hidden between the asking and the drawing: not drawn, and drawn later", () => {
    const { store, frames, commits } = live();
    const before = commits();
    store.receive([{ type: "delta", topic: "containers", from: 10, seq: 11, removed: [keyOf("a")] }], 0);
    frames.isHidden = true;
    frames.draw();
    expect(commits()).toBe(before);
    frames.show();
    frames.draw();
    expect(store.view().containers.entries).toHaveLength(1);
  });

  test("change only the parts that changed", () => {
    const { store, frames } = live();
    const before = store.view();
    store.receive([{ type: "delta", topic: "events", from: 4, seq: 5, added: [event(5)] }], 0);
    frames.draw();
    const after = store.view();
    expect(after.containers).toBe(before.containers);
    expect(after.engines).toBe(before.engines);
    expect(after.events.rows).toHaveLength(2);
    expect(after.versions).toEqual({ ...before.versions, events: before.versions.events + 1 });
  });

  test("the engines stay the same array while the server tells of itself alone", () => {
    const { store, frames } = live();
    const before = store.view();
    store.receive(
      [
        {
          type: "delta",
          topic: "system",
          from: 2,
          seq: 3,
          changed: { server: { set: { server: server({ cpuPercent: 2 }) } } },
        },
      ],
      0,
    );
    frames.draw();
    expect(store.view().server?.cpuPercent).toBe(2);
    expect(store.view().engines).toBe(before.engines);
  });

  test("tell nobody when nothing changed", () => {
    const { store, frames, commits } = live();
    const before = commits();
    store.receive([{ type: "mark", topic: "containers", seq: 12 }], 0);
    frames.draw();
    expect(commits()).toBe(before);
  });
});

describe("what is seen", () => {
  test("containers by key, engines in order, the server, the role", () => {
    const { store } = live();
    const view = store.view();
    expect(view.containers.loaded).toBe(true);
    expect(view.containers.get(keyOf("a"))?.container.name).toBe("name-a");
    expect(view.engines.map((e) => e.id)).toEqual(["b", "z"]);
    expect(view.server?.version).toBe("0.1.0");
    expect(view.role).toBe("admin");
  });

  test("the server's clock", () => {
    const { store, time } = live();
    const told = Date.parse("2026-11-23T14:02:07Z");
    // A frame of the metrics was made after the welcome: it can't have come before.
    expect(store.serverNow()).toBe(told + 255);
    time.advance(1_000);
    expect(store.serverNow()).toBe(told + 1_255);
  });

  test("the server's clock, when this machine's was set", () => {
    const { store, time } = live();
    const frame = (at: number) => store.receive([{ type: "metrics", topic: "metrics", seq: 9, at }], 10);
    const told = store.serverNow();
    time.jump(-3_600_000);
    frame(told + 1_000);
    expect(store.serverNow()).toBe(told + 1_005);
    // Set forward it looks like a sleep, which alone proves nothing.
    time.jump(7_200_000);
    frame(told + 2_000);
    expect(store.serverNow()).toBe(told + 7_200_000 + 1_005);
    store.woke();
    frame(told + 3_000);
    expect(store.serverNow()).toBe(told + 3_005);
    frame(told + 2_500);
    expect(store.serverNow()).toBe(told + 3_005);
  });

  test("the server's clock, when a round trip was held up", () => {
    const { store, time } = live();
    const told = store.serverNow();
    const poll = (at: number, took: number) =>
      store.polled({ epoch: "E", time: at, topics: [], messages: [], filter: null }, took);
    time.advance(10_000);
    // Made when it was asked for or just before it came: nothing is learned.
    poll(told + 200, 9_900);
    expect(store.serverNow()).toBe(told + 10_000);
    poll(told + 9_990, 9_900);
    expect(store.serverNow()).toBe(told + 10_000);
    poll(told + 9_900, 100);
    expect(store.serverNow()).toBe(told + 9_950);
    // It can't be: one of the clocks was set. How long the answer was on its way is not half of ten seconds.
    poll(told + 20_000, 9_900);
    expect(store.serverNow()).toBe(told + 20_250);
    store.receive([{ type: "metrics", topic: "metrics", seq: 9, at: told + 21_000 }], 9_900);
    expect(store.serverNow()).toBe(told + 21_250);
  });

  test("the connection, and once a second the time", () => {
    const { store, frames, time, commits } = live();
    const seconds: number[] = [];
    store.metrics.subscribe(() => seconds.push(time.now()));
    const before = commits();
    const { connection, quality } = store.view();
    for (let i = 0; i < 10; i++) {
      time.advance(500);
      store.report(connection, quality, false);
      frames.draw();
    }
    expect(seconds).toHaveLength(5);
    expect(commits()).toBe(before + 5);
  });
});

describe("a rush of changes", () => {
  function rush(crowd = 1) {
    const made = live(crowd);
    let seq = 10;
    const change = (id: string) => {
      const set = { restartCount: ++seq };
      const delta = { type: "delta", topic: "containers", from: seq - 1, seq } as const;
      made.time.advance(50);
      made.store.receive([{ ...delta, changed: { [keyOf(id)]: { set } } }], 0);
      made.frames.draw();
    };
    for (let i = 0; i < 20; i++) change("a");
    return { ...made, change, restarts: () => made.store.view().containers.get(keyOf("a"))?.container.restartCount };
  }

  test("is told at once while it is none", () => {
    const { store, time, frames, commits } = live();
    const before = commits();
    for (let seq = 11; seq <= 20; seq++) {
      time.advance(400);
      const changed = { [keyOf("a")]: { set: { restartCount: seq } } };
      store.receive([{ type: "delta", topic: "containers", from: seq - 1, seq, changed }], 0);
      frames.draw();
    }
    expect(commits()).toBe(before + 10);
  });

  test("is told at once where few containers are", () => {
    const { change, commits, restarts } = rush(3);
    const before = commits();
    for (let i = 0; i < 5; i++) change("a");
    expect(commits()).toBe(before + 5);
    expect(restarts()).toBe(35);
  });

  test("waits for the next tick of the metrics", () => {
    const { store, frames, commits, restarts } = rush();
    const before = commits();
    const then = restarts();
    store.receive([metrics({ seq: 2, rows: [1], cols: { cpu: { v: [7] } } })], 0);
    frames.draw();
    expect(commits()).toBe(before + 1);
    expect(then).toBeLessThan(30);
    expect(restarts()).toBe(30);
  });

  test("the lines of the events hold still long enough to be read", () => {
    const { store, time, frames } = live(1);
    let seq = 4;
    // What a server merges comes once a second, with the metrics.
    const second = (id: string) => {
      const from = seq;
      const added = Array.from({ length: 20 }, () => event(++seq, { id }));
      time.advance(1_000);
      store.receive([{ type: "delta", topic: "events", from, seq, added }, metrics({ seq })], 0);
      frames.draw();
      return store.view().events.rows.length;
    };
    expect(second("far")).toBe(21);
    expect(second("far")).toBe(21);
    expect(store.latest().events.rows).toHaveLength(41);
    expect(second("far")).toBe(21);
    expect(second("far")).toBe(81);
    store.look("table", new Set([keyOf("a")]));
    expect(second("far")).toBe(81);
    expect(second("a")).toBe(121);
    // The rush is over: what waits is shown with what comes next.
    expect(second("far")).toBe(121);
    time.advance(2_000);
    store.report(store.view().connection, store.view().quality, false);
    frames.draw();
    expect(store.view().events.rows).toHaveLength(141);
  });

  test("waits no longer than a moment where no metrics come", () => {
    const { change, commits } = rush();
    const before = commits();
    for (let i = 0; i < 24; i++) change("a");
    expect(commits()).toBe(before + 1);
  });

  test("holds nothing back that is in sight", () => {
    const { store, change, commits, restarts } = rush();
    store.look("table", new Set([keyOf("b")]));
    const before = commits();
    change("a");
    expect(commits()).toBe(before);
    change("b");
    expect(commits()).toBe(before + 1);
    expect(restarts()).toBe(31);
    store.look("table", null);
    change("b");
    expect(commits()).toBe(before + 1);
  });

  test("ends with the link's report, whatever came", () => {
    const { store, time, frames, restarts } = rush();
    const { connection, quality } = store.view();
    time.advance(1_000);
    store.report(connection, quality, false);
    frames.draw();
    expect(restarts()).toBe(30);
    store.report({ ...connection, phase: "reconnecting" }, quality, true);
    frames.draw();
    expect(store.view().connection.phase).toBe("reconnecting");
  });
});

describe("metrics", () => {
  test("are read by row, with their age", () => {
    const { store, time } = live();
    expect(store.metrics.read(1, "cpu")).toBe(100);
    expect(store.metrics.read(1, "mem")).toBeNull();
    expect(store.metrics.read(7, "cpu")).toBeNull();
    time.advance(3_000);
    expect(store.metrics.age(1)).toBe(3_000);
    expect(store.metrics.age(7)).toBeNull();
  });

  test("tell their listeners, once a commit", () => {
    const { store, frames } = live();
    let told = 0;
    const stop = store.metrics.subscribe(() => told++);
    store.receive([metrics({ seq: 2, at: 1_795_442_528_250 })], 0);
    store.receive([metrics({ seq: 3, at: 1_795_442_529_250 })], 0);
    frames.draw();
    expect(told).toBe(1);
    stop();
    store.receive([metrics({ seq: 4 })], 0);
    frames.draw();
    expect(told).toBe(1);
  });

  test("a new filter confirms nothing before the server has it", () => {
    const { store, time } = live();
    store.filtered(4, { rows: [2] });
    time.advance(1_000);
    store.receive([metrics({ seq: 2, at: 1_795_442_528_250 })], 0);
    expect(store.metrics.age(1)).toBe(0);
    time.advance(1_000);
    store.receive([answered(), metrics({ seq: 3, at: 1_795_442_529_250 })], 0);
    expect(store.metrics.age(1)).toBe(1_000);
    expect(store.metrics.age(2)).toBe(0);
  });

  test("a refused filter leaves the old one", () => {
    const { store, time } = live();
    store.filtered(4, { rows: [2] });
    time.advance(1_000);
    store.receive(
      [{ type: "error", id: 4, code: "invalid", message: "no" }, metrics({ seq: 2, at: 1_795_442_528_250 })],
      0,
    );
    expect(store.metrics.age(1)).toBe(0);
  });

  test("go with their container", () => {
    const { store } = live();
    store.receive([{ type: "delta", topic: "containers", from: 10, seq: 11, removed: [keyOf("a")] }], 0);
    expect(store.metrics.read(1, "cpu")).toBeNull();
    expect(store.metrics.read(2, "cpu")).toBe(200);
  });

  test("of a container that a snapshot no longer has go; those ahead of it stay", () => {
    const { store } = live();
    store.receive(
      [
        metrics({ seq: 2, rows: [9], cols: { cpu: { v: [900] } } }),
        ...snapshot("containers", 20, [container("b", 2)]),
        { type: "delta", topic: "containers", from: 20, seq: 21, added: [container("n", 9)] },
      ],
      0,
    );
    expect([1, 2, 9].map((row) => store.metrics.read(row, "cpu"))).toEqual([null, 200, 900]);
  });

  test("of another epoch are not read by the rows of this one", () => {
    const { store, frames } = live();
    store.report(store.view().connection, store.view().quality, true);
    store.opened(TOPICS);
    store.filtered(4, { rows: [1, 2] });
    store.receive([welcome("e2"), answered(), metrics({ rows: [1], cols: { cpu: { v: [999] } } })], 0);
    frames.draw();
    // The old containers are still on screen, and row 1 is somebody else's now.
    expect(store.view().containers.entries).toHaveLength(2);
    expect(store.metrics.read(1, "cpu")).toBeNull();
    expect(store.metrics.age(1)).toBeNull();
    expect(store.metrics.slotOf(1)).toBe(-1);
    store.receive(snapshot("containers", 3, [container("x", 1)]), 0);
    frames.draw();
    expect(store.metrics.read(1, "cpu")).toBe(999);
  });
});
