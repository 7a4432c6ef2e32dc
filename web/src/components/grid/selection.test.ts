import { describe, expect, it } from "vitest";
import { Selection } from "./selection";

const lines = ["a", "b", "c", "d", "e"].map((key) => ({ key }));
const grouped = [{ key: "group:x", members: [] }, { key: "a" }, { key: "group:y", members: [] }, { key: "b" }];

describe("a selection", () => {
  it("goes from where it began to where shift was pressed, in either direction", () => {
    const s = new Selection();
    s.toggle("b");
    s.range(lines, "d");
    expect([...s.get()].sort()).toEqual(["b", "c", "d"]);
    s.range(lines, "a");
    expect([...s.get()].sort()).toEqual(["a", "b"]);
  });

  it("keeps what was selected apart from the range", () => {
    const s = new Selection();
    s.toggle("e");
    s.toggle("a");
    s.range(lines, "b");
    s.range(lines, "a");
    expect([...s.get()].sort()).toEqual(["a", "e"]);
  });

  it("begins where the shift was pressed first, where nothing was selected", () => {
    const s = new Selection();
    s.range(lines, "c");
    s.range(lines, "e");
    expect([...s.get()].sort()).toEqual(["c", "d", "e"]);
  });

  it("has containers only, never headings", () => {
    const s = new Selection();
    s.toggle("a");
    s.range(grouped, "b");
    expect([...s.get()]).toEqual(["a", "b"]);
  });

  it("forgets what is gone, and tells nobody when nothing is", () => {
    const s = new Selection();
    s.set(["a", "b"], true);
    let told = 0;
    s.subscribe(() => told++);
    s.keep(() => true);
    expect(told).toBe(0);
    s.keep((key) => key !== "a");
    expect([...s.get()]).toEqual(["b"]);
    s.clear();
    s.clear();
    expect([told, s.size()]).toEqual([2, 0]);
  });
});
