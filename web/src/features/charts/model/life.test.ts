import { describe, expect, it } from "vitest";
import type { Container, Event } from "../../../api/types.gen";
import { idleOf, markersOf } from "./life";

const T0 = Date.parse("2026-11-23T14:00:00Z");

function event(action: string, seconds: number, fields: Partial<Event> = {}): Event {
  return {
    time: new Date(T0 + seconds * 1000).toISOString(),
    engine: "e",
    kind: "container",
    action,
    detail: "",
    id: "c",
    name: "web",
    attributes: {},
    inferred: false,
    seq: seconds,
    ...fields,
  };
}

const die = (seconds: number, code: string) => event("die", seconds, { attributes: { exitCode: code } });
const marks = (events: Event[]) => markersOf(events).map((m) => [m.kind, (m.at - T0) / 1000, m.text]);

describe("markers", () => {
  it("are one for a restart, with the exit before it", () => {
    expect(marks([event("start", 0), die(10, "3"), event("start", 12)])).toEqual([
      ["start", 0, "started"],
      ["restart", 12, "restarted, exit 3"],
    ]);
  });

  it("are two for an end and a start long after", () => {
    expect(marks([die(10, "0"), event("start", 500)])).toEqual([
      ["end", 10, "exited with 0"],
      ["start", 500, "started"],
    ]);
  });

  it("keep an OOM kill beside the restart that follows", () => {
    expect(marks([event("oom", 9), die(10, "137"), event("start", 11)]).map(([kind]) => kind)).toEqual([
      "oom",
      "restart",
    ]);
  });

  it("tell changes of health and pauses, and leave out what changes nothing", () => {
    const events = [
      event("health_status", 1, { detail: "unhealthy" }),
      event("health_status", 2, { detail: "starting" }),
      event("exec_start", 3),
      event("pause", 4),
      event("unpause", 5),
      event("health_status", 6, { detail: "healthy" }),
    ];
    expect(marks(events).map(([kind]) => kind)).toEqual(["unhealthy", "paused", "resumed", "healthy"]);
  });
});

describe("when a container did not run", () => {
  const at = (seconds: number | null) => (seconds === null ? null : new Date(T0 + seconds * 1000).toISOString());
  const container = (state: Container["state"], created: number, started: number | null, finished: number | null) =>
    ({ state, createdAt: at(created), startedAt: at(started), finishedAt: at(finished) }) as Container;
  const idle = (c: Container, events: Event[] = []) =>
    idleOf(c, events)
      .map((i) => [(i.from - T0) / 1000, (i.to - T0) / 1000])
      .sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
  const EVER = Number.POSITIVE_INFINITY;

  it("is before it was created, and until its first start", () => {
    expect(idle(container("running", 10, 15, null))).toEqual([
      [-EVER, 10],
      [10, 15],
    ]);
  });

  it("is between its last end and its start, by its own record", () => {
    expect(idle(container("running", 0, 50, 40))).toContainEqual([40, 50]);
  });

  it("is since it ended", () => {
    expect(idle(container("exited", 0, 5, 40))).toContainEqual([40, EVER]);
  });

  it("is all of it where it never ran", () => {
    expect(idle(container("created", 10, null, null))).toContainEqual([10, EVER]);
  });

  it("is between the ends and starts that events tell of", () => {
    const events = [event("start", 0), die(10, "1"), event("start", 12), die(20, "1"), event("start", 24)];
    const all = idle(container("running", -5, 24, 20), events);
    expect(all).toContainEqual([10, 12]);
    expect(all).toContainEqual([20, 24]);
  });
});
