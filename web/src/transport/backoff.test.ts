import fc from "fast-check";
import { expect, test } from "vitest";
import { BACKOFF_MAX_MS, BACKOFF_MIN_MS, backoff } from "./backoff";

/** mulberry32: numbers that are random enough and the same every time. */
function seeded(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

test("always between half a second and fifteen", () => {
  fc.assert(
    fc.property(fc.nat({ max: 1_000_000 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (n, r) => {
      const wait = backoff(n, () => r);
      return wait >= BACKOFF_MIN_MS && wait <= BACKOFF_MAX_MS;
    }),
  );
});

test("the ceiling doubles and stays", () => {
  const top = () => 1;
  expect([0, 1, 2, 3, 4, 5, 50].map((n) => backoff(n, top))).toEqual([
    1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000,
  ]);
});

test("a thousand clients are spread evenly, not in step", () => {
  const random = seeded(7);
  const bins = new Array<number>(10).fill(0);
  const ceiling = BACKOFF_MAX_MS - BACKOFF_MIN_MS;
  for (let i = 0; i < 1_000; i++) {
    const bin = Math.floor(((backoff(9, random) - BACKOFF_MIN_MS) / ceiling) * 10);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  // 100 expected in each; five standard deviations are 47.
  for (const n of bins) expect(Math.abs(n - 100)).toBeLessThan(47);
});
