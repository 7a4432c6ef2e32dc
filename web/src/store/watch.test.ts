import { expect, test } from "vitest";
import type { Filter } from "../api/types.gen";
import { ManualFrames, ManualTime } from "../testing/manual";
import { filterOf, HIDDEN_MS, WatchList } from "./watch";

function make() {
  const time = new ManualTime();
  const frames = new ManualFrames();
  const told: (Filter | null)[] = [];
  return { time, frames, told, list: new WatchList(time, frames, (f) => told.push(f)) };
}

test("what several parts look at adds up", () => {
  expect(
    filterOf([
      { rows: [5, 1], columns: ["mem", "cpu"], restEveryMs: 10_000 },
      { rows: [1, 3], columns: ["cpu", "rx"], restEveryMs: 5_000 },
    ]),
  ).toEqual({ rows: [1, 3, 5], cols: ["cpu", "mem", "rx"], restEveryMs: 5_000, paced: true });
  expect(filterOf([])).toBeNull();
  expect(filterOf([{ rows: [1], columns: ["cpu"], restEveryMs: 0 }])).toEqual({
    rows: [1],
    cols: ["cpu"],
    paced: true,
  });
});

test("very many rows are all of them", () => {
  const rows = Array.from({ length: 5_000 }, (_, i) => i);
  expect(filterOf([{ rows, columns: ["cpu"], restEveryMs: 0 }])).toEqual({ all: true, cols: ["cpu"] });
});

test("a scroll is told once in a while, not with every frame", () => {
  const { time, told, list } = make();
  for (let i = 0; i < 60; i++) {
    list.set("table", { rows: [i, i + 1], columns: ["cpu"], restEveryMs: 0 });
    time.advance(16);
  }
  time.advance(200);
  expect(told.length).toBeGreaterThanOrEqual(8);
  expect(told.length).toBeLessThanOrEqual(11);
  expect(told.at(-1)).toEqual({ rows: [59, 60], cols: ["cpu"], paced: true });
});

test("the same again is not told", () => {
  const { time, told, list } = make();
  list.set("table", { rows: [1, 2], columns: ["cpu"], restEveryMs: 0 });
  time.advance(100);
  list.set("table", { rows: [2, 1], columns: ["cpu"], restEveryMs: 0 });
  time.advance(100);
  expect(told).toHaveLength(1);
  list.delete("table");
  time.advance(100);
  expect(told).toEqual([{ rows: [1, 2], cols: ["cpu"], paced: true }, null]);
  expect(time.waiting).toBe(0);
});

test("a page hidden for a while looks at no row, and at all of them at once when it is shown", () => {
  const { time, frames, told, list } = make();
  list.set("table", { rows: [1, 2], columns: ["cpu"], restEveryMs: 10_000 });
  list.set("chart", { rows: [7], columns: ["mem"], restEveryMs: 0 });
  time.advance(100);
  const seen = told.at(-1);
  frames.hide();
  time.advance(HIDDEN_MS - 1);
  expect(told).toHaveLength(1);
  time.advance(1);
  expect(told.at(-1)).toEqual({ rows: [], cols: ["cpu"], restEveryMs: 10_000, paced: true });
  frames.show();
  expect(told.at(-1)).toEqual(seen);
  expect(told).toHaveLength(3);
});

test("a glance at another tab changes nothing", () => {
  const { time, frames, told, list } = make();
  list.set("table", { rows: [1], columns: ["cpu"], restEveryMs: 0 });
  time.advance(100);
  frames.hide();
  time.advance(HIDDEN_MS / 2);
  frames.show();
  time.advance(HIDDEN_MS);
  expect(told).toHaveLength(1);
  frames.hide();
  time.advance(HIDDEN_MS);
  expect(told.at(-1)).toBeNull();
});
