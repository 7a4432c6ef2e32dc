import { describe, expect, it } from "vitest";
import { Rush } from "./rush";

describe("a rush", () => {
  it("is more than eight changes within two seconds", () => {
    const rush = new Rush();
    for (let i = 0; i < 8; i++) rush.note(i * 100);
    expect(rush.on(800)).toBe(false);
    rush.note(800);
    expect(rush.on(800)).toBe(true);
    expect(rush.on(1_999)).toBe(true);
    expect(rush.on(2_000)).toBe(false);
  });

  it("counts changes that came together", () => {
    const rush = new Rush();
    rush.note(0, 5);
    expect(rush.on(0)).toBe(false);
    rush.note(1_000, 4);
    expect(rush.on(1_000)).toBe(true);
    rush.note(3_000, 10_000);
    expect(rush.on(4_999)).toBe(true);
    expect(rush.on(5_000)).toBe(false);
  });
});
