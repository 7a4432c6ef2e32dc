import { describe, expect, test } from "vitest";
import type { MetricsFrame } from "../api/types.gen";
import { Columns } from "./columns";

const T = 1_795_442_527_250;

function frame(change: Partial<MetricsFrame> = {}): MetricsFrame {
  return { type: "metrics", topic: "metrics", seq: 1, at: T, ...change };
}

describe("cells", () => {
  test("are written for every row, or for the positions given", () => {
    const c = new Columns();
    c.apply(
      frame({ rows: [1, 5], cols: { cpu: { v: [1250, 3] }, mem: { i: [1], v: [67_108_864] } } }),
      { rows: [1, 5] },
      10,
    );
    expect([c.read(1, "cpu"), c.read(5, "cpu"), c.read(5, "mem")]).toEqual([1250, 3, 67_108_864]);
    expect(c.read(1, "mem")).toBeNaN();
  });

  test("that are null are not known, never 0", () => {
    const c = new Columns();
    c.apply(frame({ rows: [1], cols: { cpu: { v: [7] }, pids: { v: [0] } } }), null, 10);
    c.apply(frame({ rows: [1], cols: { cpu: { v: [null] } } }), null, 11);
    expect(c.read(1, "cpu")).toBeNaN();
    expect(c.read(1, "pids")).toBe(0);
    expect(c.read(2, "cpu")).toBeNaN();
  });

  test("of bytes keep every digit", () => {
    const c = new Columns();
    c.apply(frame({ rows: [1], cols: { rx: { v: [9_007_199_254_740_991] } } }), null, 10);
    expect(c.read(1, "rx")).toBe(9_007_199_254_740_991);
  });

  test("of columns we don't know are passed over", () => {
    const c = new Columns();
    c.apply(frame({ rows: [1], cols: { gpu: { v: [7] }, __proto__: { v: [1] } } }), null, 10);
    expect(c.read(1, "cpu")).toBeNaN();
  });
});

describe("slots", () => {
  test("stay a container's while the arrays grow", () => {
    const c = new Columns();
    const rows = Array.from({ length: 1_000 }, (_, i) => i * 7);
    c.apply(frame({ rows, cols: { cpu: { v: rows } } }), null, 10);
    const slots = rows.map((r) => c.slotOf(r));
    expect(new Set(slots).size).toBe(1_000);
    expect(c.capacity).toBe(1_024);
    for (const r of rows) expect(c.read(r, "cpu")).toBe(r);
    expect(c.column("cpu")[c.slotOf(70)]).toBe(70);
  });

  test("of a container that went are used again, and empty", () => {
    const c = new Columns();
    c.apply(frame({ rows: [1, 2], cols: { cpu: { v: [10, 20] } } }), null, 10);
    const slot = c.slotOf(1);
    c.release(1);
    expect(c.slotOf(1)).toBe(-1);
    c.apply(frame({ rows: [9], cols: { mem: { v: [5] } } }), null, 11);
    expect(c.slotOf(9)).toBe(slot);
    expect(c.read(9, "cpu")).toBeNaN();
    expect(c.read(2, "cpu")).toBe(20);
  });

  test("do not add up with churn", () => {
    const c = new Columns();
    for (let row = 0; row < 10_000; row++) {
      c.apply(frame({ rows: [row], cols: { cpu: { v: [1] } } }), null, row);
      c.release(row - 10);
    }
    expect(c.capacity).toBe(64);
  });

  test("of rows that nobody owns are swept", () => {
    const c = new Columns();
    const rows = Array.from({ length: 2_000 }, (_, i) => i);
    c.apply(frame({ rows, cols: { cpu: { v: rows } } }), null, 10);
    expect(c.crowded(100)).toBe(true);
    c.sweep(new Set([3, 4]));
    expect(c.size).toBe(258);
    expect(c.read(3, "cpu")).toBe(3);
    expect(c.read(5, "cpu")).toBeNaN();
    // The newest may belong to containers that we shall hear of next.
    expect(c.read(1_999, "cpu")).toBe(1_999);
    expect(c.crowded(2)).toBe(false);
  });

  test("are forgotten with the epoch", () => {
    const c = new Columns();
    c.apply(frame({ rows: [1], cols: { cpu: { v: [1] } } }), null, 10);
    c.reset();
    expect(c.slotOf(1)).toBe(-1);
    expect(c.size).toBe(0);
  });
});

describe("confirmation", () => {
  const both = { rows: [1, 2], restEveryMs: 10_000 };
  const first = frame({ rows: [1, 2, 3], cols: { cpu: { v: [1, 2, 3] } }, rest: true });

  test("a frame without cells confirms the rows looked at, and no others", () => {
    const c = new Columns();
    c.apply(first, both, 1_000);
    c.apply(frame({ at: T + 1_000 }), both, 2_000);
    expect([1, 2, 3].map((r) => c.confirmedAt(r))).toEqual([2_000, 2_000, 1_000]);
  });

  test("with rest, all of them", () => {
    const c = new Columns();
    c.apply(first, both, 1_000);
    c.apply(frame({ at: T + 1_000, rest: true }), both, 2_000);
    expect([1, 2, 3].map((r) => c.confirmedAt(r))).toEqual([2_000, 2_000, 2_000]);
  });

  test("with all, all of them", () => {
    const c = new Columns();
    c.apply(first, both, 1_000);
    c.apply(frame({ at: T + 1_000 }), { all: true }, 2_000);
    expect([1, 2, 3].map((r) => c.confirmedAt(r))).toEqual([2_000, 2_000, 2_000]);
  });

  test("of all leaves nothing behind in a slot that is given to another", () => {
    const c = new Columns();
    c.apply(first, both, 1_000);
    c.release(3);
    c.apply(frame({ at: T + 1_000, rest: true, ages: { 1: 300 } }), both, 2_000);
    expect([1, 2, 3].map((r) => c.confirmedAt(r))).toEqual([1_700, 2_000, 0]);
    c.apply(frame({ at: T + 2_000, rows: [4], cols: { cpu: { v: [4] } }, missed: [4] }), both, 3_000);
    expect(c.confirmedAt(4)).toBe(0);
  });

  test("missed rows are as old as they were; ages count back", () => {
    const c = new Columns();
    c.apply(first, both, 1_000);
    c.apply(frame({ at: T + 1_000, missed: [1], ages: { 2: 400 } }), both, 2_000);
    expect([1, 2].map((r) => c.confirmedAt(r))).toEqual([1_000, 1_600]);
  });

  test("a missed row with an age was read then, and its time never goes back", () => {
    for (const filter of [both, { all: true }]) {
      const c = new Columns();
      c.apply(
        frame({ rows: [1, 2], cols: { cpu: { v: [1, 2] } }, missed: [1, 2], ages: { 1: 4_000 } }),
        filter,
        10_000,
      );
      expect([1, 2].map((r) => c.confirmedAt(r))).toEqual([6_000, 0]);
      c.apply(
        frame({
          at: T + 1_000,
          rows: [1],
          cols: { cpu: { v: [3] } },
          missed: [1, 2, 9],
          ages: { 1: 5_500, 9: 7_000 },
        }),
        filter,
        11_000,
      );
      expect([1, 2, 9].map((r) => c.confirmedAt(r))).toEqual([6_000, 0, 0]);
      c.apply(frame({ at: T + 2_000, missed: [1], ages: { 1: 3_000 } }), filter, 12_000);
      expect(c.confirmedAt(1)).toBe(9_000);
    }
  });

  test("rows the server has not been told of yet are not confirmed", () => {
    const c = new Columns();
    c.apply(first, both, 1_000);
    c.apply(frame({ at: T + 1_000 }), null, 2_000);
    expect(c.confirmedAt(1)).toBe(1_000);
  });

  test("a frame that comes late is as old as it is late", () => {
    const c = new Columns();
    c.apply(first, both, 1_000);
    c.apply(frame({ at: T + 1_000 }), both, 5_000);
    expect(c.confirmedAt(1)).toBe(2_000);
  });

  test("another server's clock is learned with the new connection", () => {
    const c = new Columns();
    c.apply(first, both, 1_000);
    c.opened();
    c.apply(frame({ at: T - 4_000 }), both, 2_000);
    expect(c.confirmedAt(1)).toBe(2_000);
  });

  test("a server's clock that is set, either way, makes nothing old or new", () => {
    const c = new Columns();
    c.apply(first, both, 1_000);
    c.apply(frame({ at: T - 3_600_000 }), both, 2_000);
    expect(c.confirmedAt(1)).toBe(2_000);
    c.apply(frame({ at: T + 3_600_000 }), both, 3_000);
    expect(c.confirmedAt(1)).toBe(3_000);
    c.apply(frame({ at: T + 3_601_000 }), both, 4_000);
    expect(c.confirmedAt(1)).toBe(4_000);
  });
});
