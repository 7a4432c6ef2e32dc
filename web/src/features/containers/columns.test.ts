import { describe, expect, it } from "vitest";
import { read } from "./columnStore";
import { CHOSEN, COLUMNS, inOrder, type LayoutOptions, layout, moveColumn, OFF_AT_FIRST } from "./columns";

const options: LayoutOptions = {
  width: 1280,
  grouped: false,
  engines: 1,
  wanted: new Set(CHOSEN.filter((id) => !OFF_AT_FIRST.includes(id))),
  fit: true,
};

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

  it("beside the feed of a screen of 1440 are all but disk", () => {
    const beside = ids({ width: 1440 - 240 });
    expect(beside).toHaveLength(12);
    expect(beside).not.toContain("read");
  });

  it("fit: their least widths are never more than there is", () => {
    for (let width = 360; width < 2600; width += 7) {
      const l = layout({ ...options, width });
      expect(l.minWidth, `${width}`).toBeLessThanOrEqual(width - (l.narrow ? 0 : 15));
      expect(l.places.length).toBe(l.columns.length);
    }
  });

  it("are all there at 1600, in and out never apart", () => {
    expect(ids({ width: 1600 })).toHaveLength(14);
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
    expect(l.columns).toHaveLength(16);
    expect(l.minWidth).toBeGreaterThan(700);
  });

  it("leave room for the box that selects, on a telephone only while something is selected", () => {
    expect(layout(options).lead).toBe(24);
    expect(layout({ ...options, width: 360 }).lead).toBe(0);
    expect(layout({ ...options, width: 360, selecting: true }).lead).toBe(24);
    expect(ids({ width: 360, selecting: true })).toEqual(["name", "state", "cpu"]);
  });

  it("have the widths that were given by hand, and share the rest", () => {
    const l = layout({ ...options, widths: { image: 300, cpu: 90 } });
    const at = (id: string) => l.places[l.columns.findIndex((c) => c.id === id)];
    expect(at("image")?.width).toBe("calc(300px + 0%)");
    expect(at("cpu")?.width).toBe("calc(90px + 0%)");
  });

  it("stand in the order that was given, what it does not name where it would be", () => {
    const order = inOrder(["state", "cpu"]).map((c) => c.id);
    expect(order).toHaveLength(COLUMNS.length);
    expect(order.slice(0, 3)).toEqual(["name", "engine", "project"]);
    const moved = moveColumn([], "cpu", "image");
    expect(moved.indexOf("cpu")).toBe(moved.indexOf("image") - 1);
    expect(moveColumn(moved, "name", "cpu")).toBe(moved);
    expect(moveColumn(moved, "mem", "name").slice(0, 2)).toEqual(["name", "mem"]);
  });

  it("are remembered as far as they make sense", () => {
    expect(read(null)).toEqual({ order: [], widths: {} });
    expect(read("nonsense")).toEqual({ order: [], widths: {} });
    expect(read('{"order":["cpu","cpu","gone",7],"widths":{"cpu":3,"gone":9,"mem":"x","image":200.4}}')).toEqual({
      order: ["cpu"],
      widths: { cpu: 48, image: 200 },
    });
  });
});
