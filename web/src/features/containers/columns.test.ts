import { describe, expect, it } from "vitest";
import { CHOSEN, type LayoutOptions, layout } from "./columns";

const options: LayoutOptions = { width: 1280, grouped: false, engines: 1, wanted: new Set(CHOSEN), fit: true };

function ids(o: Partial<LayoutOptions>): string[] {
  return layout({ ...options, ...o }).columns.map((c) => c.id);
}

describe("the columns", () => {
  it("are the four that matter on a telephone", () => {
    expect(ids({ width: 360 })).toEqual(["name", "state", "cpu", "mem"]);
  });

  it("beside the feed of a laptop are all but ports and disk", () => {
    const beside = ids({ width: 1000 });
    expect(beside).toEqual(["name", "project", "image", "state", "health", "uptime", "cpu", "mem", "rx", "tx"]);
  });

  it("are all there beside the feed of a screen of 1440", () => {
    expect(ids({ width: 1440 - 240 })).toHaveLength(13);
  });

  it("fit: their least widths are never more than there is", () => {
    for (let width = 360; width < 2600; width += 7) {
      const l = layout({ ...options, width });
      expect(l.minWidth, `${width}`).toBeLessThanOrEqual(width - (l.narrow ? 0 : 15));
      expect(l.places.length).toBe(l.columns.length);
    }
  });

  it("are all there at 1600, in and out never apart", () => {
    expect(ids({ width: 1600 })).toHaveLength(13);
    for (let width = 480; width < 1600; width += 5) {
      const shown = ids({ width });
      expect(shown.includes("rx")).toBe(shown.includes("tx"));
      expect(shown.includes("read")).toBe(shown.includes("write"));
    }
  });

  it("name the engine only where there are several, the project only while not grouped by it", () => {
    expect(ids({ width: 1900, engines: 2 })).toContain("engine");
    expect(ids({ width: 1900 })).not.toContain("engine");
    expect(ids({ width: 1900, grouped: true })).not.toContain("project");
  });

  it("are all shown when they need not fit, but for those that are not wanted", () => {
    const l = layout({ ...options, width: 700, fit: false, wanted: new Set(CHOSEN.filter((c) => c !== "ports")) });
    expect(l.columns).toHaveLength(12);
    expect(l.minWidth).toBeGreaterThan(700);
  });
});
