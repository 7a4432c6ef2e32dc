import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { branchesOf, idOf, linesOf, pathText, searchTree, split, valueAt } from "./tree";

const doc = { State: { Status: "running", Pid: 7, Health: null }, Args: ["-c", "true"], Empty: {} };
const open = (...paths: (string | number)[][]) => {
  const ids = new Set(paths.map(idOf));
  return (id: string) => ids.has(id);
};
const shown = (isOpen: (id: string) => boolean) =>
  linesOf(doc, isOpen).map((l) => `${"  ".repeat(l.depth - 1)}${l.name}: ${l.text}`);

describe("a document as a tree", () => {
  it("shows what is open", () => {
    expect(shown(open())).toEqual(["State: {3}", "Args: [2]", "Empty: {}"]);
    expect(shown(open(["State"], ["Empty"]))).toEqual([
      "State: {3}",
      '  Status: "running"',
      "  Pid: 7",
      "  Health: null",
      "Args: [2]",
      "Empty: {}",
    ]);
  });

  it("tells each line its place among its siblings, for a screen reader", () => {
    const lines = linesOf(doc, open(["Args"]));
    expect(lines.map((l) => [l.depth, l.position, l.size])).toEqual([
      [1, 1, 3],
      [1, 2, 3],
      [2, 1, 2],
      [2, 2, 2],
      [1, 3, 3],
    ]);
    expect(lines.map((l) => l.branch)).toEqual([true, true, false, false, false]);
  });

  it("has as many lines as there are values, when all is open, and finds each by its path", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (any) => {
        const branches = new Set(branchesOf(any, Number.POSITIVE_INFINITY));
        const lines = linesOf(any, (id) => branches.has(id));
        expect(new Set(lines.map((l) => l.id)).size).toBe(lines.length);
        for (const line of lines) {
          if (!line.branch) continue;
          expect(Object.keys(valueAt(any, line.path) as object).length).toBeGreaterThan(0);
        }
        expect(lines.filter((l) => l.branch).length).toBe(branches.size);
      }),
    );
  });
});

describe("a search in a document", () => {
  it("finds names and values, and opens what they stand in", () => {
    const found = searchTree(doc, "RUN");
    expect(found.hits).toEqual(['["State","Status"]']);
    expect([...found.open]).toEqual(['["State"]']);
    expect(searchTree(doc, "st").hits).toEqual(['["State"]', '["State","Status"]']);
    expect(searchTree(doc, "7").hits).toEqual(['["State","Pid"]']);
    expect(searchTree(doc, "  ").hits).toEqual([]);
    expect(searchTree(doc, "nowhere").hits).toEqual([]);
  });

  it("marks every place in a text", () => {
    expect(split("a-B-ab", "b")).toEqual(["a-", "B", "-a", "b", ""]);
    expect(split("plain", "")).toEqual(["plain"]);
  });
});

it("a path is written as jq reads it", () => {
  expect(pathText(["State", "Health", "Log", 0, "Output"])).toBe(".State.Health.Log[0].Output");
  expect(pathText(["Config", "Labels", "com.docker.compose.project"])).toBe(
    '.Config.Labels["com.docker.compose.project"]',
  );
  expect(pathText(["80/tcp"])).toBe('.["80/tcp"]');
});
