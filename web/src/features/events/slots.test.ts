import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Slots } from "./slots";

describe("the elements of the feed", () => {
  it("are taken over where all rows are new", () => {
    const slots = new Slots();
    expect(slots.assign(["a", "b", "c"])).toEqual([0, 1, 2]);
    expect(slots.assign(["d", "e", "f"])).toEqual([0, 1, 2]);
    expect(slots.assign(["g", "h", "i", "d"])).toEqual([1, 2, 3, 0]);
  });

  it("are new for the few that come to many", () => {
    const slots = new Slots();
    slots.assign(["a", "b", "c"]);
    expect(slots.assign(["d", "a", "b"])).toEqual([3, 0, 1]);
  });

  it("belong to one row each, which keeps its own", () => {
    const window = fc.uniqueArray(fc.integer({ min: 0, max: 30 }).map(String), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(window, { maxLength: 20 }), (windows) => {
        const slots = new Slots();
        let before = new Map<string, number>();
        for (const keys of windows) {
          const given = slots.assign(keys);
          expect(new Set(given).size).toBe(keys.length);
          const now = new Map(keys.map((key, i) => [key, given[i] as number]));
          for (const [key, slot] of now) if (before.has(key)) expect(slot).toBe(before.get(key));
          before = now;
        }
      }),
    );
  });
});
