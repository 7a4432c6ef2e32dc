import { describe, expect, it } from "vitest";
import { type Place, places } from "./places";

/** What a place comes to in a row of that width: start and width in pixels. */
function at(place: Place, width: number): [number, number] {
  const value = (text: string) => {
    const [, px = "", percent = ""] = /^calc\((-?[\d.]+)px \+ (-?[\d.]+)%\)$/.exec(text) ?? [];
    return Math.round(Number(px) + (Number(percent) / 100) * width);
  };
  return [value(place.insetInlineStart), value(place.width)];
}

describe("places", () => {
  it("share what is left", () => {
    const tracks = [
      { min: 100, grow: 1 },
      { min: 100, grow: 3 },
    ];
    const got = places(tracks, 816 + 16, 8);
    expect(got.map((p) => at(p, 816))).toEqual([
      [8, 200],
      [208, 600],
    ]);
  });

  it("never get less than the least width, and the others share the rest", () => {
    const tracks = [
      { min: 300, grow: 1 },
      { min: 100, grow: 3 },
      { min: 50, grow: 1 },
    ];
    expect(places(tracks, 716, 0).map((p) => at(p, 700))).toEqual([
      [0, 300],
      [300, 300],
      [600, 100],
    ]);
  });

  it("have their least widths where there is no room", () => {
    const tracks = [
      { min: 84, grow: 3 },
      { min: 110, grow: 1 },
    ];
    expect(places(tracks, 100, 4).map((p) => at(p, 202))).toEqual([
      [4, 84],
      [88, 110],
    ]);
  });

  it("fill the row whatever its width is", () => {
    const tracks = [
      { min: 156, grow: 3 },
      { min: 62, grow: 0.3 },
      { min: 106, grow: 0.5 },
    ];
    for (const width of [400, 777, 1284]) {
      const last = places(tracks, width, 8).at(-1);
      if (!last) throw new Error("no place");
      const [start, size] = at(last, width);
      expect(Math.abs(start + size + 8 - width)).toBeLessThanOrEqual(1);
    }
  });
});
