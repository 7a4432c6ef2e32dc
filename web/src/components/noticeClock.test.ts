import { describe, expect, it } from "vitest";
import { ManualTime } from "../testing/manual";
import type { Notice } from "./notice";
import { TOAST_MS, ToastClock } from "./noticeClock";

function notice(id: number, change: Partial<Notice> = {}): Notice {
  const plain = { key: undefined, tone: "info", title: "", text: "", action: undefined, at: 0, read: false } as const;
  return { id, ...plain, toast: true, ...change };
}

function make() {
  const time = new ManualTime();
  const closed: number[] = [];
  const clock = new ToastClock(
    time,
    () => time.now(),
    (id) => closed.push(id),
  );
  return { time, closed, clock };
}

describe("a toast", () => {
  it("goes by itself, an error never", () => {
    const { time, closed, clock } = make();
    clock.follow([notice(1), notice(2, { tone: "bad" })]);
    time.advance(TOAST_MS - 1);
    expect(closed).toEqual([]);
    time.advance(1);
    expect(closed).toEqual([1]);
    time.advance(10 * TOAST_MS);
    expect(closed).toEqual([1]);
  });

  it("waits while it is held, for as many reasons as there are", () => {
    const { time, closed, clock } = make();
    clock.follow([notice(1)]);
    time.advance(TOAST_MS - 2_000);
    clock.hold("pointer");
    clock.hold("focus");
    time.advance(60_000);
    clock.release("pointer");
    time.advance(60_000);
    expect(closed).toEqual([]);
    clock.release("focus");
    time.advance(1_999);
    expect(closed).toEqual([]);
    time.advance(1);
    expect(closed).toEqual([1]);
  });

  it("that came while others were held waits with them", () => {
    const { time, closed, clock } = make();
    clock.hold("hidden");
    clock.follow([notice(1)]);
    time.advance(60_000);
    expect(closed).toEqual([]);
    clock.release("hidden");
    time.advance(TOAST_MS);
    expect(closed).toEqual([1]);
  });

  it("that was closed takes its timer along", () => {
    const { time, closed, clock } = make();
    clock.follow([notice(1)]);
    clock.follow([notice(1, { toast: false })]);
    expect(time.waiting).toBe(0);
    time.advance(60_000);
    expect(closed).toEqual([]);
  });
});
