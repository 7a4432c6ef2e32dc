import { beforeEach, expect, test, vi } from "vitest";
import { noticesPaused, togglePause } from "./choices";

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
});

test("a pause lasts an hour, or until it is taken back", () => {
  const start = 1_795_000_000_000;
  expect(noticesPaused(start)).toBe(false);
  togglePause(start);
  expect(noticesPaused(start)).toBe(true);
  expect(noticesPaused(start + 3_599_999)).toBe(true);
  expect(noticesPaused(start + 3_600_000)).toBe(false);
  togglePause(start + 1);
  expect(noticesPaused(start + 2)).toBe(false);
});
