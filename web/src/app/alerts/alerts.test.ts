import { describe, expect, it } from "vitest";
import type { EngineStatus, Event } from "../../api/types.gen";
import type { NoticeOptions } from "../../components/notice";
import { ALERT_KINDS } from "../../components/preferences";
import type { EventRow } from "../../store/state";
import { ManualTime } from "../../testing/manual";
import { container, engine, event, keyOf } from "../../testing/samples";
import { type Alert, EMPTY, look, type Memory } from "./rules";
import { FOLD_MS, Watchdog } from "./Watchdog";
import { noticesOf } from "./words";

const T0 = Date.parse("2026-11-23T14:00:00Z");

function row(seq: number, change: Partial<Event>): EventRow {
  return { kind: "event", key: `0:${seq}`, event: { ...event(seq), kind: "container", id: "a", ...change } };
}

function at(seconds: number): string {
  return new Date(T0 + seconds * 1000).toISOString();
}

function death(seq: number, seconds: number, change: Partial<Event> = {}): EventRow {
  return row(seq, { action: "die", time: at(seconds), attributes: { exitCode: "137" }, ...change });
}

function seen(rows: readonly EventRow[], c = container("a", 1), engines: readonly EngineStatus[] = []) {
  const entry = { container: c };
  return {
    events: { loaded: true, rows },
    engines,
    containers: { get: (key: string) => (key === keyOf("a") ? entry : undefined) },
  };
}

/** What is told of rows that come one by one after the first. */
function alertsOf(rows: readonly EventRow[], c = container("a", 1)): Alert[] {
  let memory: Memory = look(EMPTY, seen([row(0, { action: "start" })], c)).memory;
  const all: Alert[] = [];
  for (let i = 1; i <= rows.length; i++) {
    const step = look(memory, seen([row(0, { action: "start" }), ...rows.slice(0, i)], c));
    memory = step.memory;
    all.push(...step.alerts);
  }
  return all;
}

describe("what is worth a notice", () => {
  it("is not what had happened before", () => {
    const history = [death(1, 0), death(2, 1), death(3, 2)];
    expect(look(EMPTY, seen(history)).alerts).toEqual([]);
  });

  it("is a container that becomes unhealthy, if it still is", () => {
    const news = [row(1, { action: "health_status", detail: "unhealthy" })];
    expect(alertsOf(news, container("a", 1, { health: "unhealthy" }))).toMatchObject([
      { kind: "unhealthy", key: keyOf("a") },
    ]);
    expect(alertsOf(news, container("a", 1, { health: "healthy" }))).toEqual([]);
  });

  it("is one that the kernel killed, once", () => {
    const news = [row(1, { action: "oom" }), death(2, 1)];
    expect(alertsOf(news, container("a", 1, { state: "exited", oomKilled: true })).map((a) => a.kind)).toEqual(["oom"]);
  });

  it("is one that dies three times within a minute, once for a while", () => {
    expect(alertsOf([death(1, 0), death(2, 20)])).toEqual([]);
    expect(alertsOf([death(1, 0), death(2, 31), death(3, 61)])).toEqual([]);
    const looping = [0, 10, 20, 30, 40].map((s, i) => death(i + 1, s));
    const alerts = alertsOf(looping, container("a", 1, { restartPolicy: "always" }));
    expect(alerts).toMatchObject([{ kind: "loop" }]);
    expect(alerts[0]?.text).toMatch(/exit code 137.*always/);
    expect(alertsOf([...looping, ...[1000, 1010, 1020].map((s, i) => death(i + 9, s))])).toHaveLength(2);
  });

  it("is not what somebody asked for", () => {
    const by = { name: "launch", client: "tab-1" };
    expect(alertsOf([death(1, 0, { by }), death(2, 1, { by }), death(3, 2, { by })])).toEqual([]);
  });

  it("is an engine that goes and comes back, but not one that never was there", () => {
    const up = engine({ id: "e", name: "box", state: "connected" });
    const down = engine({ id: "e", name: "box", state: "unreachable", error: "no socket" });
    expect(look(EMPTY, seen([], undefined, [down])).alerts).toEqual([]);
    const one = look(look(EMPTY, seen([], undefined, [up])).memory, seen([], undefined, [down]));
    expect(one.alerts).toMatchObject([{ kind: "engine", tone: "bad", text: "no socket" }]);
    expect(look(one.memory, seen([], undefined, [up])).alerts).toMatchObject([{ kind: "engine", tone: "good" }]);
  });
});

describe("many at once", () => {
  const alert = (n: number): Alert => ({ kind: "unhealthy", tone: "bad", key: `e/${n}`, name: `web-${n}`, text: "" });

  it("are one notice; two are two", () => {
    expect(noticesOf([alert(1), alert(2)], () => {})).toHaveLength(2);
    expect(noticesOf([1, 2, 3, 4, 5, 6].map(alert), () => {})).toMatchObject([
      { title: "6 containers became unhealthy", text: "web-1, web-2, web-3, web-4 and 2 more" },
    ]);
  });

  it("of one container are one", () => {
    expect(noticesOf([alert(1), alert(1), alert(1)], () => {})).toHaveLength(1);
  });
});

describe("the watchdog", () => {
  it("waits a moment, tells what is wanted, and looks also while hidden", () => {
    const time = new ManualTime();
    const told: NoticeOptions[] = [];
    const listeners = { shown: () => {}, wakeful: () => {} };
    let view = seen([], container("a", 1, { health: "unhealthy" }));
    let wanted = new Set<(typeof ALERT_KINDS)[number]>(ALERT_KINDS);
    const store = {
      view: () => view,
      latest: () => view,
      subscribe: (fn: () => void) => {
        listeners.shown = fn;
        return () => {};
      },
      subscribeWakeful: (fn: () => void) => {
        listeners.wakeful = fn;
        return () => {};
      },
    } as unknown as ConstructorParameters<typeof Watchdog>[0]["store"];
    new Watchdog({
      store,
      frames: { hidden: () => true },
      timers: time,
      wanted: () => wanted,
      notify: (n) => told.push(n),
      go: () => {},
    }).start();
    listeners.shown();
    const sick = [row(1, { action: "health_status", detail: "unhealthy" })];
    view = seen(sick, container("a", 1, { health: "unhealthy" }));
    listeners.wakeful();
    expect(told).toEqual([]);
    time.advance(FOLD_MS);
    expect(told).toMatchObject([{ title: "name-a is unhealthy" }]);
    wanted = new Set();
    view = seen(
      [...sick, row(2, { action: "health_status", detail: "unhealthy" })],
      container("a", 1, { health: "unhealthy" }),
    );
    listeners.wakeful();
    time.advance(FOLD_MS);
    expect(told).toHaveLength(1);
  });
});
