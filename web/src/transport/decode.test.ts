import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { garbage } from "../testing/garbage";
import { container, welcome } from "../testing/samples";
import { decodeFrame } from "./decode";

const decode = (value: unknown) => decodeFrame(JSON.stringify(value));

describe("what is passed over, and what counts as malformed", () => {
  test("an unknown type and an unknown topic are no error", () => {
    expect(decode({ type: "wave" })).toEqual({ messages: [], malformed: 0 });
    expect(decode({ type: "toString" })).toEqual({ messages: [], malformed: 0 });
    expect(decode({ type: "delta", topic: "moons", from: 1, seq: 2 })).toEqual({ messages: [], malformed: 0 });
    expect(decode({ type: "snapEnd", topic: "moons", seq: 2, count: 0 })).toEqual({ messages: [], malformed: 0 });
  });

  test("unknown fields stay out of the way", () => {
    expect(decode({ type: "ping", n: 1, mood: "good" }).messages).toEqual([{ type: "ping", n: 1, mood: "good" }]);
  });

  test("one bad message does not spoil its neighbours", () => {
    const got = decode([{ type: "ping", n: 1 }, { type: "ping", n: "1" }, 7, { type: "pong", n: 2 }]);
    expect(got.messages.map((m) => m.type)).toEqual(["ping", "pong"]);
    expect(got.malformed).toBe(2);
  });

  test("a bad resource is left out of a snapshot, and spoils a delta", () => {
    const good = container("a", 1);
    const bad = { ...container("b", 2), ports: "80" };
    const snap = decode({ type: "snap", topic: "containers", page: 0, items: [good, bad] });
    expect(snap).toMatchObject({ messages: [{ items: [good] }], malformed: 1 });
    const delta = decode({ type: "delta", topic: "containers", from: 1, seq: 2, added: [good, bad] });
    expect(delta).toEqual({ messages: [], malformed: 1 });
  });

  test("a metrics frame whose cells have no row is refused", () => {
    const frame = { type: "metrics", topic: "metrics", seq: 1, at: 1, rows: [1, 2] };
    expect(decode({ ...frame, cols: { cpu: { v: [1, null] } } }).malformed).toBe(0);
    expect(decode({ ...frame, cols: { cpu: { v: [1] } } }).malformed).toBe(1);
    expect(decode({ ...frame, cols: { cpu: { i: [2], v: [1] } } }).malformed).toBe(1);
    expect(decode({ ...frame, cols: { cpu: { i: [0.5], v: [1] } } }).malformed).toBe(1);
    expect(decode({ ...frame, rows: [-1] }).malformed).toBe(1);
    expect(decode({ ...frame, cols: { cpu: { v: ["1", "2"] } } }).malformed).toBe(1);
  });

  test("a welcome without a time or a heartbeat is none", () => {
    expect(decode(welcome("e", { time: "yesterday" })).malformed).toBe(1);
    expect(decode(welcome("e", { heartbeatMs: 0 })).malformed).toBe(1);
  });
});

test("garbage never throws", () => {
  fc.assert(
    fc.property(garbage, (text) => {
      const { messages, malformed } = decodeFrame(text);
      expect(malformed).toBeGreaterThanOrEqual(0);
      for (const m of messages) expect(typeof m.type).toBe("string");
    }),
    { numRuns: 1_000, seed: 42 },
  );
});
