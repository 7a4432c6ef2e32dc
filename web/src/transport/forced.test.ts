// @vitest-environment node
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WHY_ADDRESS, WHY_SETTING, whyForced } from "./forced";

const kept = new Map<string, string>();

beforeEach(() => {
  kept.clear();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test("nothing forces it unless something does", () => {
  expect(whyForced("")).toBeNull();
  expect(whyForced("?transport=websocket&q=polling")).toBeNull();
  expect(whyForced("", "auto")).toBeNull();
});

test("the address stands above the setting", () => {
  expect(whyForced("?q=a&transport=polling", "auto")).toBe(WHY_ADDRESS);
  expect(whyForced("?q=a", "polling")).toBe(WHY_SETTING);
});

test("the setting is read where the preference is kept", async () => {
  const { transportPreference } = await import("../components/preferences");
  transportPreference.set("polling");
  expect(whyForced("")).toBe(WHY_SETTING);
  transportPreference.set("auto");
  expect(whyForced("")).toBeNull();
});

test("storage that is refused forces nothing", () => {
  vi.stubGlobal("localStorage", {
    getItem: () => {
      throw new Error("refused");
    },
  });
  expect(whyForced("")).toBeNull();
});
