import { expect, test } from "vitest";
import { type Reloadable, reloadOnce } from "./reload";

function fake() {
  const kept = new Map<string, string>();
  let reloads = 0;
  const page: Reloadable = {
    sessionStorage: { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) },
    location: { reload: () => reloads++ },
  };
  return { page: () => page, reloads: () => reloads };
}

test("reloads once, and again only when that was long ago", () => {
  const { page, reloads } = fake();
  expect(reloadOnce(page, 1_000_000)).toBe(true);
  expect(reloadOnce(page, 1_002_000)).toBe(false);
  // A clock that was set back must not allow a loop.
  expect(reloadOnce(page, 998_000)).toBe(false);
  expect(reloads()).toBe(1);
  expect(reloadOnce(page, 1_100_000)).toBe(true);
  expect(reloads()).toBe(2);
});

test("does not where it could not remember that it did", () => {
  const { page, reloads } = fake();
  const refused = () => ({
    ...page(),
    get sessionStorage(): never {
      throw new DOMException("denied", "SecurityError");
    },
  });
  expect(reloadOnce(refused)).toBe(false);
  expect(reloads()).toBe(0);
});
