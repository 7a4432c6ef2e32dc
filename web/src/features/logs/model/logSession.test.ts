import { beforeEach, describe, expect, test } from "vitest";
import type { LogsFrame } from "../../../api/types.gen";
import type { LogQuery, LogSink } from "../../../transport/logs";
import { LogSession } from "./logSession";

/** live.logs as the transport has it: one at a time, frames as told. */
class Source {
  query: LogQuery | null = null;
  sink: LogSink | null = null;
  opened = 0;
  open(query: LogQuery, sink: LogSink) {
    this.opened++;
    this.query = query;
    this.sink = sink;
    return {
      close: () => {
        if (this.sink === sink) this.sink = null;
      },
    };
  }
  frame(change: Partial<LogsFrame>): void {
    this.sink?.frame({ type: "logs", topic: "logs", id: 6, n: 1, ...change });
  }
}

let source: Source;
let session: LogSession;
let now: number;

beforeEach(() => {
  source = new Source();
  now = Date.UTC(2026, 10, 23, 14, 2, 7);
  const names = new Map([
    ["e/a", "web"],
    ["e/b", "db"],
  ]);
  session = new LogSession(source, { now: () => now, name: (k) => names.get(k) ?? null }, 1_000, 500);
});

function rows(): string[] {
  const b = session.buffer;
  return Array.from({ length: b.length }, (_, i) => b.text(b.first + i));
}

test("lines come with their stream; long ones say that they were cut", () => {
  session.follow(["e/a"]);
  expect(source.query).toEqual({ containers: ["e/a"], tail: 500 });
  source.frame({ at: [1, 2, 3], text: ["one", "two", "three"], err: [1], cut: [2] });
  const b = session.buffer;
  expect(rows()).toEqual(["one", "two", "three … (cut off: the line is longer)"]);
  expect([b.kind(0), b.kind(1), b.kind(2)]).toEqual([0, 1, 0]);
});

describe("between the lines", () => {
  beforeEach(() => session.follow(["e/a", "e/b"]));

  test("skips stand before the frame's lines, states behind them", () => {
    source.frame({ at: [1], text: ["before"], src: [0], states: [{ src: 0, phase: "following", message: "" }] });
    source.frame({
      skipped: [
        { src: 0, lines: 1200 },
        { src: 1, lines: 0 },
      ],
      at: [50],
      text: ["after"],
      src: [0],
      states: [{ src: 0, phase: "ended", message: "" }],
    });
    expect(rows()).toEqual([
      "lines skipped: written faster than they could be read",
      "before",
      "1,200 lines skipped: written faster than they could be read",
      "after",
      "container stopped",
    ]);
    source.frame({ at: [90], text: ["again"], src: [0], states: [{ src: 0, phase: "following", message: "" }] });
    expect(rows().slice(-2)).toEqual(["again", "container started again"]);
  });

  test("one that was made and is started later has neither stopped nor started again", () => {
    source.frame({ states: [{ src: 1, phase: "ended", message: "" }] });
    source.frame({ states: [{ src: 1, phase: "following", message: "" }] });
    source.frame({ at: [90], text: ["first"], src: [1] });
    expect(rows()).toEqual(["first"]);
    source.frame({ states: [{ src: 1, phase: "ended", message: "" }] });
    expect(rows()).toEqual(["first", "container stopped"]);
  });

  test("a failed source says why in the engine's words, once", () => {
    const state = { src: 1, phase: "failed", message: "configured logging driver does not support reading" } as const;
    source.frame({ states: [state] });
    source.frame({ states: [state] });
    expect(rows()).toEqual([state.message]);
    expect(session.sources[1]).toMatchObject({ name: "db", phase: "failed", message: state.message });
  });

  test("a link that was lost for a while is marked where it was lost", () => {
    source.frame({ at: [1_000], text: ["before"], src: [0] });
    session.linked(true);
    session.linked(false);
    now += 24_000;
    session.linked(false);
    session.linked(true);
    source.frame({ at: [2_000], text: ["after"], src: [1] });
    expect(rows()).toEqual(["before", expect.stringMatching(/^connection lost \d\d:02:07 to \d\d:02:31$/), "after"]);
    session.linked(false);
    now += 500;
    session.linked(true);
    expect(rows()).toHaveLength(3);
  });
});

test("a container that joins does not bring the others' lines again", () => {
  session.follow(["e/a"]);
  source.frame({ at: [1, 5, 5], text: ["a", "b", "c"] });
  session.follow(["e/a"]);
  expect(source.opened).toBe(1);
  session.follow(["e/b"]);
  expect(source.query?.containers).toEqual(["e/a", "e/b"]);
  source.frame({
    at: [1, 5, 5, 5, 6, 3],
    text: ["a", "b", "c", "d", "e", "x"],
    src: [0, 0, 0, 0, 0, 1],
  });
  expect(rows()).toEqual(["a", "x", "b", "c", "d", "e"].sort((p, q) => "axbcde".indexOf(p) - "axbcde".indexOf(q)));
});

test("a container that joins while another writes more than the past lines that come: the gap is marked", () => {
  session.follow(["e/a"]);
  source.frame({ at: [1, 2], text: ["a", "b"] });
  session.follow(["e/a", "e/b"]);
  source.frame({ at: [70, 71, 10], text: ["y", "z", "x"], src: [0, 0, 1] });
  source.frame({ at: [72], text: ["on"], src: [0] });
  expect(rows()).toEqual(["a", "b", "x", "lines skipped: written faster than they could be read", "y", "z", "on"]);
});

test("reset starts over, and so does another number of past lines", () => {
  session.follow(["e/a"]);
  source.frame({ at: [9], text: ["old"], states: [{ src: 0, phase: "ended", message: "" }] });
  source.sink?.reset();
  expect(rows()).toEqual([]);
  source.frame({ at: [9], text: ["old"] });
  expect(rows()).toEqual(["old"]);
  session.restart(2_000, 1_000);
  expect(source.query?.tail).toBe(2_000);
  expect(rows()).toEqual([]);
});

test("another log takes its place, and it takes it back", () => {
  session.follow(["e/a"]);
  const first = source.sink;
  first?.closed?.();
  expect(session.taken).toBe(true);
  session.follow(["e/a"]);
  expect(source.opened).toBe(1);
  session.reopen();
  expect([session.taken, source.opened]).toEqual([false, 2]);
});

test("no more sources than the protocol has room for", () => {
  session.follow(Array.from({ length: 80 }, (_, i) => `e/${i}`));
  expect(source.query?.containers).toHaveLength(64);
});
