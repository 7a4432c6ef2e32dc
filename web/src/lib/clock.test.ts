import { expect, test } from "vitest";
import { createClock } from "./clock";

function source() {
  const s = { monotonic: 100, unix: 1_000_000 };
  return { s, clock: createClock({ performance: { now: () => s.monotonic }, Date: { now: () => s.unix } }) };
}

test("runs with the monotonic clock", () => {
  const { s, clock } = source();
  const start = clock.now();
  s.monotonic += 500;
  s.unix += 500;
  expect(clock.now() - start).toBe(500);
  expect(clock.wall()).toBe(1_000_500);
});

test("counts a sleep in which the monotonic clock stood still", () => {
  const { s, clock } = source();
  const start = clock.now();
  s.monotonic += 10;
  s.unix += 3_600_010;
  expect(clock.now() - start).toBe(3_600_010);
});

test("never goes back, and a small drift between the two is none of its business", () => {
  const { s, clock } = source();
  const start = clock.now();
  s.monotonic += 1_000;
  s.unix -= 7_200_000;
  expect(clock.now() - start).toBe(1_000);
  s.monotonic += 1_000;
  s.unix += 1_900;
  expect(clock.now() - start).toBe(2_000);
  s.monotonic -= 5_000;
  expect(clock.now() - start).toBe(2_000);
});
