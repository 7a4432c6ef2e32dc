import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { breaksOf, type GapFacts, gapsOf, unknownRuns } from "./gaps";
import { coverage, union, without } from "./interval";

const S = 1000;

function facts(at: number[], more: Partial<GapFacts> = {}): GapFacts {
  const last = at.at(-1) ?? 0;
  return { at, now: last, tickMs: S, restMs: 10 * S, watched: [], downs: [], idle: [], ...more };
}

/** Seconds, for reading. */
function gaps(f: GapFacts, from: number, to: number): [number, number][] {
  return gapsOf(f, from * S, to * S).map((g) => [g.from / S, g.to / S]);
}

const seconds = (...at: number[]) => at.map((t) => t * S);

describe("what is not known", () => {
  it("is nothing where samples came at the slow pace", () => {
    expect(gaps(facts(seconds(100, 110, 120, 130)), 100, 130)).toEqual([]);
  });

  it("is a time longer than the slow pace between two samples", () => {
    expect(gaps(facts(seconds(100, 110, 160, 170)), 100, 170)).toEqual([[110, 160]]);
  });

  it("is three missed ticks while the page looked, and no fewer", () => {
    const at = seconds(100, 101, 104, 105, 109, 110);
    const watched = [{ from: 100 * S, to: 110 * S }];
    expect(gaps(facts(at, { watched }), 100, 110)).toEqual([[105, 109]]);
    expect(breaksOf(facts(at, { watched }))).toEqual([4]);
  });

  it("is told the same by the server's times and by those we took of the same samples", () => {
    const watched = [{ from: 100.03 * S, to: 109.04 * S }];
    expect(gaps(facts(seconds(100, 109), { watched }), 100, 109)).toEqual([[100, 109]]);
  });

  it("is what was before the first sample, and after the last", () => {
    const at = seconds(100, 101);
    const watched = [{ from: 100 * S, to: 101 * S }];
    expect(gaps(facts(at, { watched, now: 120 * S }), 90, 120)).toEqual([
      [90, 100],
      [101, 120],
    ]);
    expect(gaps(facts(at, { watched, now: 103 * S }), 100, 103)).toEqual([]);
  });

  it("is not what lies in the future", () => {
    expect(gaps(facts(seconds(100), { now: 105 * S }), 99, 200)).toEqual([[99, 100]]);
  });

  it("is the time the link was down, also where the server has made up for it; and no line crosses it", () => {
    const f = facts(seconds(100, 110, 120, 130), { downs: [{ from: 112 * S, to: 118 * S }] });
    expect(gaps(f, 100, 130)).toEqual([[112, 118]]);
    expect(breaksOf(f)).toEqual([2]);
  });

  it("is not a time in which the container did not run; but no line crosses that either", () => {
    const f = facts(seconds(100, 110, 160, 170), { idle: [{ from: 111 * S, to: 159 * S }] });
    expect(gaps(f, 100, 170)).toEqual([
      [110, 111],
      [159, 160],
    ]);
    expect(breaksOf(f)).toEqual([2]);
  });

  it("is no break where it was restarted: the line goes on under the marker", () => {
    const watched = [{ from: 100 * S, to: 106 * S }];
    const idle = [101.2, 102.3, 103.1].map((t) => ({ from: t * S, to: (t + 0.6) * S }));
    expect(breaksOf(facts(seconds(100, 101, 102, 103, 104, 105, 106), { watched, idle }))).toEqual([]);
    // Down for the whole of a sample's second, and longer: not the same run of it.
    expect(
      breaksOf(facts(seconds(100, 101, 103, 104), { watched, idle: [{ from: 101.2 * S, to: 102.5 * S }] })),
    ).toEqual([2]);
  });

  it("is everything where there is no sample", () => {
    expect(gaps(facts([], { now: 50 * S }), 10, 50)).toEqual([[10, 50]]);
  });
});

describe("runs without a value", () => {
  const none: ReadonlySet<number> = new Set();
  const runs = (values: (number | null)[], breaks = none) =>
    unknownRuns(
      values.map((_, i) => i * S),
      values,
      breaks,
      S,
    ).map((r) => [r.from / S, r.to / S]);

  it("are told where they are longer than a missed tick or two", () => {
    expect(runs([1, null, 1, 1])).toEqual([]);
    expect(runs([1, null, null, null, 1])).toEqual([[0, 4]]);
    expect(runs([null, null, null, null, null, 1])).toEqual([[0, 5]]);
    expect(runs([1, 1, null, null, null, null])).toEqual([[1, 5]]);
  });

  it("end at a break", () => {
    expect(runs([1, null, null, null, null, null, 1], new Set([3]))).toEqual([]);
  });
});

describe("intervals", () => {
  const interval = fc
    .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 20 }))
    .map(([from, length]) => ({ from, to: from + length }));
  const inside = (list: readonly { from: number; to: number }[], t: number) => list.some((i) => i.from < t && t < i.to);

  it("are united and taken away point by point", () => {
    fc.assert(
      fc.property(fc.array(interval), fc.array(interval), fc.integer({ min: 0, max: 80 }), (a, b, n) => {
        const t = n + 0.5;
        expect(inside(union(a), t)).toBe(inside(a, t));
        const covers = coverage(a);
        const length = (from: number, to: number) => covers(from, to) > 0;
        expect([length(n - 1, n), length(n, n + 1)]).toEqual([inside(a, n - 0.5), inside(a, t)]);
        expect(inside(without(a, b), t)).toBe(inside(a, t) && !inside(b, t));
      }),
    );
  });
});
