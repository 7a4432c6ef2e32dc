import { expect, it } from "vitest";
import { ManualFrames, ManualTime } from "../../testing/manual";
import { AGAIN_MS, keepFresh, REST_MS } from "./keepFresh";

/** A list and what is told of it; each reading ends when the test lets it. */
function scene(first: string | null) {
  const time = new ManualTime();
  const frames = new ManualFrames();
  const listeners = new Set<() => void>();
  let now = first;
  let reads = 0;
  let problem = "";
  let answer = () => {};
  const list = {
    refresh: () => {
      reads++;
      return new Promise<void>((done) => {
        answer = done;
      });
    },
    state: () => ({ problem }),
  };
  const revision = {
    now: () => now,
    subscribe: (fn: () => void) => {
      listeners.add(fn);
      return () => listeners.delete(fn);
    },
  };
  return {
    time,
    frames,
    listeners,
    end: keepFresh(list, revision, time, frames),
    reads: () => reads,
    tell: (to: string | null) => {
      now = to;
      for (const fn of listeners) fn();
    },
    /** The reading ends, and the rest after it. */
    answer: async (why = "") => {
      problem = why;
      answer();
      await new Promise<void>((done) => setTimeout(done));
      time.advance(REST_MS);
    },
  };
}

it("reads when it is told of a change, and at no other time", async () => {
  const s = scene("1");
  expect(s.reads()).toBe(1);
  await s.answer();
  s.tell("1");
  s.time.advance(10 * AGAIN_MS);
  expect(s.reads()).toBe(1);
  s.tell("2");
  expect(s.reads()).toBe(2);
  await s.answer();
  expect(s.time.waiting).toBe(0);
  s.end();
  s.tell("3");
  expect(s.reads()).toBe(2);
  expect(s.listeners.size).toBe(0);
});

it("reads once more what changed while it was read, after a rest", async () => {
  const s = scene("1");
  s.tell("2");
  s.tell("3");
  expect(s.reads()).toBe(1);
  await s.answer();
  expect(s.reads()).toBe(2);
  await s.answer();
  expect(s.reads()).toBe(2);
});

it("reads again what it could not read, and what nobody tells of", async () => {
  const s = scene(null);
  await s.answer();
  s.tell(null);
  expect(s.reads()).toBe(1);
  s.time.advance(AGAIN_MS);
  expect(s.reads()).toBe(2);
  await s.answer();
  s.tell("1");
  expect(s.reads()).toBe(3);
  await s.answer("The server did not answer.");
  expect(s.reads()).toBe(3);
  s.time.advance(AGAIN_MS);
  expect(s.reads()).toBe(4);
  await s.answer();
  expect(s.time.waiting).toBe(0);
});

it("does not read while nobody sees the page, but as soon as it is shown", async () => {
  const s = scene("1");
  await s.answer("The server did not answer.");
  s.frames.hide();
  s.time.advance(AGAIN_MS);
  s.tell("2");
  expect(s.reads()).toBe(1);
  s.frames.show();
  expect(s.reads()).toBe(2);
  await s.answer();
  s.frames.hide();
  s.frames.show();
  expect(s.reads()).toBe(2);
  s.end();
  expect(s.time.waiting).toBe(0);
});
