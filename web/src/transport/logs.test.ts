import { describe, expect, test } from "vitest";
import { ApiError, type LogRange } from "../api/client";
import type { Filter, LogsFrame } from "../api/types.gen";
import { ManualFrames, ManualTime } from "../testing/manual";
import { LOG_POLL_MAX_MS, LOG_POLL_MIN_MS } from "./logPoller";
import { LogStreams, type LogWire } from "./logs";

const AB = { containers: ["e/a", "e/b"], tail: 10 };

function frame(n: number, lines: [at: number, text: string, src?: number, err?: boolean][]): LogsFrame {
  return {
    type: "logs",
    topic: "logs",
    id: 6,
    n,
    at: lines.map((l) => l[0]),
    text: lines.map((l) => l[1]),
    src: lines.map((l) => l[2] ?? 0),
    err: lines.flatMap((l, i) => (l[3] ? [i] : [])),
  };
}

/** A sink that writes down the lines it is given. */
class Lines {
  readonly lines: string[] = [];
  readonly frames: LogsFrame[] = [];
  resets = 0;
  ends = 0;

  frame(f: LogsFrame): void {
    this.frames.push(f);
    f.text?.forEach((text, i) => {
      this.lines.push(`${f.src?.[i] ?? 0}:${f.err?.includes(i) ? "!" : ""}${text}`);
    });
  }
  reset(): void {
    this.resets++;
  }
  closed(): void {
    this.ends++;
  }
}

class Wire implements LogWire {
  readonly subs: Filter[] = [];
  readonly acks: number[] = [];
  unsubs = 0;
  subscribe = (filter: Filter) => {
    this.subs.push(filter);
  };
  unsubscribe = () => {
    this.unsubs++;
  };
  ack = (n: number) => {
    this.acks.push(n);
  };
}

const settle = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

function make() {
  const frames = new ManualFrames();
  const time = new ManualTime();
  const asked: { key: string; range: LogRange }[] = [];
  const answers = new Map<string, LogsFrame | Error>();
  const logs = new LogStreams({
    frames,
    timers: time,
    request: (key, range) => {
      asked.push({ key, range });
      const answer = answers.get(key) ?? frame(0, []);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  });
  const wire = new Wire();
  return { frames, time, asked, answers, logs, wire, sink: new Lines() };
}

/** A log that is open over a socket. */
function open() {
  const made = make();
  made.logs.connected(made.wire);
  const handle = made.logs.open(AB, made.sink);
  made.logs.answered(null);
  return { ...made, handle };
}

describe("over a socket", () => {
  test("a frame is confirmed when it was taken in, before a picture", () => {
    const { logs, wire, sink, frames } = open();
    expect(wire.subs).toEqual([{ containers: ["e/a", "e/b"], tail: 10 }]);
    logs.received(frame(1, [[1, "x"]]));
    logs.received(frame(2, [[2, "y", 1, true]]));
    expect([sink.lines, wire.acks]).toEqual([[], []]);
    frames.draw();
    expect([sink.lines, wire.acks]).toEqual([["0:x", "1:!y"], [2]]);
  });

  test("while the page is hidden nothing is confirmed, so that no more comes than the window", () => {
    const { logs, wire, sink, frames } = open();
    frames.hide();
    logs.received(frame(1, [[1, "x"]]));
    expect(wire.acks).toEqual([]);
    frames.show();
    frames.draw();
    expect([sink.lines, wire.acks]).toEqual([["0:x"], [1]]);
  });

  test("opened before there is a connection, it is subscribed when there is", () => {
    const { logs, wire, sink, frames } = make();
    logs.open(AB, sink);
    logs.connected(wire);
    expect(wire.subs).toHaveLength(1);
    logs.answered(null);
    logs.received(frame(1, [[1, "x"]]));
    frames.draw();
    expect(sink.lines).toEqual(["0:x"]);
  });

  test("frames of a subscription that was replaced are not taken for the new one's", () => {
    const { logs, sink, frames, wire } = open();
    const other = new Lines();
    logs.received(frame(1, [[1, "waits"]]));
    logs.open({ containers: ["e/c"], tail: 5 }, other);
    expect(sink.ends).toBe(1);
    logs.received(frame(2, [[2, "old"]]));
    logs.answered(null);
    logs.received(frame(1, [[3, "new"]]));
    frames.draw();
    expect([sink.lines, other.lines, wire.acks]).toEqual([[], ["0:new"], [1]]);
  });

  test("a sink that can't be told it was closed is reset", () => {
    const { logs, sink } = open();
    const plain = { frame: () => {}, reset: () => sink.reset() };
    logs.open(AB, plain);
    logs.open(AB, new Lines());
    expect(sink.resets).toBe(1);
  });

  test("closing ends the subscription; closing what was replaced ends nothing", () => {
    const { logs, sink, handle, wire, frames } = open();
    logs.received(frame(1, [[1, "x"]]));
    const later = logs.open(AB, new Lines());
    handle.close();
    expect(wire.unsubs).toBe(0);
    later.close();
    later.close();
    expect(wire.unsubs).toBe(1);
    frames.draw();
    expect([sink.lines, wire.acks]).toEqual([[], []]);
  });

  test("what the server does not serve is a failed source each", () => {
    const { logs, sink, frames } = open();
    logs.open(AB, sink);
    logs.answered("64 at most");
    frames.draw();
    expect(sink.frames.at(-1)?.states).toEqual([
      { src: 0, phase: "failed", message: "64 at most" },
      { src: 1, phase: "failed", message: "64 at most" },
    ]);
  });

  test("a sink that closes the log in a frame gets no other, and nothing is confirmed", () => {
    const { logs, wire, frames } = make();
    logs.connected(wire);
    let taken = 0;
    const handle = logs.open(AB, {
      frame: () => {
        taken++;
        handle.close();
      },
      reset: () => {},
    });
    logs.answered(null);
    logs.received(frame(1, [[1, "x"]]));
    logs.received(frame(2, [[2, "y"]]));
    frames.draw();
    expect([taken, wire.acks]).toEqual([1, []]);
  });
});

describe("after a reconnect", () => {
  test("it goes on from each source's last line, and drops what it has", () => {
    const { logs, sink, frames } = open();
    logs.received(
      frame(1, [
        [5, "a"],
        [7, "b"],
        [7, "c"],
        [7, "c"],
        [6, "z", 1],
      ]),
    );
    frames.draw();
    logs.disconnected(false);
    const wire = new Wire();
    logs.connected(wire);
    expect(wire.subs).toEqual([{ containers: ["e/a", "e/b"], tail: 10, since: { "e/a": 7, "e/b": 6 } }]);
    logs.answered(null);
    // The last microsecond comes again, with what was written in it since.
    logs.received(
      frame(1, [
        [7, "b"],
        [7, "c"],
        [7, "c"],
        [7, "c"],
        [7, "d"],
        [6, "z", 1],
        [6, "z", 1, true],
        [8, "b"],
      ]),
    );
    frames.draw();
    expect(sink.lines).toEqual(["0:a", "0:b", "0:c", "0:c", "1:z", "0:c", "0:d", "1:!z", "0:b"]);
    expect(wire.acks).toEqual([1]);
  });

  test("what waited without being confirmed is not lost", () => {
    const { logs, sink, frames } = open();
    logs.received(frame(1, [[5, "a"]]));
    frames.draw();
    logs.received(frame(2, [[6, "b"]]));
    logs.disconnected(false);
    frames.draw();
    const wire = new Wire();
    logs.connected(wire);
    expect(wire.subs[0]?.since).toEqual({ "e/a": 5 });
    logs.answered(null);
    logs.received(
      frame(1, [
        [5, "a"],
        [6, "b"],
      ]),
    );
    frames.draw();
    expect(sink.lines).toEqual(["0:a", "0:b"]);
  });

  test("marks of lines move with them", () => {
    const { logs, sink, frames } = open();
    logs.received(frame(1, [[5, "a"]]));
    frames.draw();
    logs.disconnected(false);
    logs.connected(new Wire());
    logs.answered(null);
    logs.received({
      ...frame(1, [
        [5, "a"],
        [6, "b", 0, true],
        [7, "c"],
      ]),
      cut: [0, 2],
      skipped: [{ src: 0, lines: 3 }],
    });
    frames.draw();
    expect(sink.frames.at(-1)).toMatchObject({
      text: ["b", "c"],
      at: [6, 7],
      err: [0],
      cut: [1],
      skipped: [{ src: 0 }],
    });
  });

  test("a frame that held nothing new is confirmed and not shown", () => {
    const { logs, sink, frames } = open();
    logs.received(frame(1, [[5, "a"]]));
    frames.draw();
    logs.disconnected(false);
    const wire = new Wire();
    logs.connected(wire);
    logs.answered(null);
    logs.received(frame(1, [[5, "a"]]));
    frames.draw();
    expect([sink.frames.length, wire.acks]).toEqual([1, [1]]);
  });
});

describe("by polling", () => {
  test("each container, first its tail and then what came since", async () => {
    const { logs, sink, frames, asked, answers, time } = make();
    answers.set("e/a", { ...frame(0, [[5, "a"]]), states: [{ src: 0, phase: "following", message: "" }] });
    answers.set("e/b", { ...frame(0, [[6, "b"]]), states: [{ src: 0, phase: "ended", message: "" }] });
    logs.open(AB, sink);
    logs.disconnected(true);
    await settle();
    expect(asked).toEqual([
      { key: "e/a", range: { tail: 10 } },
      { key: "e/b", range: { tail: 10 } },
    ]);
    frames.draw();
    expect(sink.lines).toEqual(["0:a", "1:b"]);
    expect(sink.frames.at(-1)?.states).toEqual([{ src: 1, phase: "ended", message: "" }]);
    answers.set(
      "e/a",
      frame(0, [
        [5, "a"],
        [5, "a2"],
        [9, "a3"],
      ]),
    );
    time.advance(LOG_POLL_MIN_MS);
    await settle();
    expect(asked.slice(2)).toEqual([
      { key: "e/a", range: { since: 5 } },
      { key: "e/b", range: { since: 6 } },
    ]);
    frames.draw();
    expect(sink.lines).toEqual(["0:a", "1:b", "0:a2", "0:a3"]);
  });

  test("every second while lines come, every five while none do", async () => {
    const { logs, sink, frames, asked, time } = make();
    logs.open({ containers: ["e/a"], tail: 1 }, sink);
    logs.disconnected(true);
    for (let i = 0; i < 120; i++) {
      await settle();
      frames.draw();
      time.advance(500);
    }
    expect(asked.length).toBeGreaterThan(60_000 / LOG_POLL_MAX_MS - 1);
    expect(asked.length).toBeLessThan(20);
  });

  test("not while the page is hidden", async () => {
    const { logs, sink, frames, asked, time } = make();
    logs.open({ containers: ["e/a"], tail: 1 }, sink);
    frames.hide();
    logs.disconnected(true);
    for (let i = 0; i < 20; i++) {
      time.advance(1_000);
      await settle();
    }
    expect(asked).toEqual([]);
    frames.show();
    time.advance(LOG_POLL_MAX_MS);
    await settle();
    expect(asked).toHaveLength(1);
  });

  test("what goes wrong is a state of its source, but for a server that is not reached", async () => {
    const { logs, sink, frames, answers } = make();
    answers.set("e/a", new ApiError(404, "No such container.", null));
    answers.set("e/b", new ApiError(0, "The server can't be reached.", null));
    logs.open(AB, sink);
    logs.disconnected(true);
    await settle();
    frames.draw();
    expect(sink.frames).toHaveLength(1);
    expect(sink.frames[0]?.states).toEqual([{ src: 0, phase: "failed", message: "No such container." }]);
  });

  test("ends when a socket is there, which goes on from the polled lines", async () => {
    const { logs, sink, frames, answers, asked, time, wire } = make();
    answers.set("e/a", frame(0, [[5, "a"]]));
    logs.open({ containers: ["e/a"], tail: 1 }, sink);
    logs.disconnected(true);
    logs.disconnected(true);
    await settle();
    frames.draw();
    logs.connected(wire);
    expect(wire.subs[0]?.since).toEqual({ "e/a": 5 });
    time.advance(60_000);
    await settle();
    expect(asked).toHaveLength(1);
    expect(time.waiting).toBe(0);
  });

  test("closing ends it", async () => {
    const { logs, sink, asked, time } = make();
    const handle = logs.open({ containers: ["e/a"], tail: 1 }, sink);
    logs.disconnected(true);
    handle.close();
    await settle();
    time.advance(60_000);
    await settle();
    expect([asked.length, sink.lines, time.waiting]).toEqual([1, [], 0]);
  });
});
