import { describe, expect, it } from "vitest";
import type { Series } from "../../../api/types.gen";
import { csvOf } from "./csv";
import { CHARTED, type Charted, History, type Values } from "./history";

const TICK = 1000;

function values(cpu: number | null): Values {
  return Object.fromEntries(CHARTED.map((name) => [name, name === "cpu" ? cpu : null])) as Record<
    Charted,
    number | null
  >;
}

function series(at: number[], cpu: (number | null)[], from = 0): Series {
  return { engine: "e", id: "c", stepSeconds: 1, at, cols: { cpu }, from };
}

function history(...at: number[]): History {
  const h = new History();
  for (const t of at) h.append(t, values(t), TICK);
  return h;
}

describe("the past of a container's metrics", () => {
  it("takes a tick once, however often it is told", () => {
    const h = history(10_000, 10_030, 11_000, 11_400);
    expect(h.at).toEqual([10_000, 11_000]);
    expect(h.cols.cpu).toEqual([10_000, 11_000]);
  });

  it("puts the server's past before what came live", () => {
    const h = history(10_000, 11_000);
    h.fill(series([7_000, 8_000, 9_000], [7, 8, 9]), TICK);
    expect(h.at).toEqual([7_000, 8_000, 9_000, 10_000, 11_000]);
    expect(h.cols.cpu).toEqual([7, 8, 9, 10_000, 11_000]);
    expect(h.cols.mem).toEqual([null, null, null, null, null]);
  });

  it("believes the server for the time that it covers, and keeps what is older and newer", () => {
    const h = history(1_000, 9_040, 10_030, 11_020, 12_010);
    h.fill(series([9_000, 10_000, 11_000], [90, 100, null]), TICK);
    expect(h.at).toEqual([1_000, 9_000, 10_000, 11_000, 12_010]);
    expect(h.cols.cpu).toEqual([1_000, 90, 100, null, 12_010]);
  });

  it("is left as it is by an answer without samples", () => {
    const h = history(1_000);
    h.fill(series([], [], 500), TICK);
    expect(h.at).toEqual([1_000]);
    expect(h.recordedFrom).toBe(500);
  });

  it("knows when the page looked", () => {
    const h = history(10_000, 11_000, 20_000);
    h.unwatched();
    h.append(40_000, values(1), TICK);
    h.append(41_000, values(1), TICK);
    expect(h.watched).toEqual([
      { from: 10_000, to: 20_000 },
      { from: 40_000, to: 41_000 },
    ]);
  });

  it("knows that somebody looks also where the server had told the first sample already", () => {
    const h = new History();
    h.fill(series([4_000, 5_000], [4, 5]), TICK);
    expect(h.append(5_030, values(5), TICK)).toBe(false);
    h.append(13_000, values(13), TICK);
    expect(h.watched).toEqual([{ from: 5_000, to: 13_000 }]);
  });

  it("keeps a little more than an hour", () => {
    const h = new History();
    for (let i = 0; i < 10_000; i++) h.append(i * 1000, values(i), TICK);
    expect(h.at.length).toBeGreaterThanOrEqual(3_600);
    expect(h.at.length).toBeLessThan(4_100);
    expect(h.at.at(-1)).toBe(9_999_000);
    expect(h.cols.cpu.length).toBe(h.at.length);
  });

  it("is cut with one sample more at each side", () => {
    expect(history(1_000, 2_000, 3_000, 4_000, 5_000).within(2_500, 3_500)).toEqual({ first: 1, end: 4 });
  });
});

describe("the samples as CSV", () => {
  it("names units, leaves out what is never known, and writes what is not known as nothing", () => {
    const h = new History();
    h.fill(
      {
        engine: "e",
        id: "c",
        stepSeconds: 1,
        at: [0, 1_000, 2_000],
        cols: { cpu: [1250, null, 3], mem: [4096, 8192, 1], rxRate: [null, null, null] },
        from: 0,
      },
      TICK,
    );
    expect(csvOf(h, 0, 1_500)).toBe(
      "time,cpu_percent_of_one_core,memory_bytes\r\n" +
        "1970-01-01T00:00:00.000Z,12.5,4096\r\n" +
        "1970-01-01T00:00:01.000Z,,8192\r\n",
    );
  });
});
