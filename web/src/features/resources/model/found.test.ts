import { describe, expect, it } from "vitest";
import { beginsWith, find } from "./found";

const row = (engine: string, name: string) => ({ key: `${engine}/${name}`, engine, name });
const rows = [row("e1", "data"), row("e1", "database"), row("e2", "data"), row("e2", "cache")];
const named = (text: string) => [
  (r: { name: string }) => r.name === text,
  (r: { name: string }) => r.name.startsWith(text),
];
const keys = (text: string, engine: string | null) => {
  const found = find(rows, engine, named(text));
  return found.kind === "many" ? found.rows.map((r) => r.key) : found.kind === "one" ? found.row.key : null;
};

describe("whom an address means", () => {
  it.each([
    ["cache", null, "e2/cache"],
    ["data", null, ["e1/data", "e2/data"]],
    ["data", "e2", "e2/data"],
    ["datab", null, "e1/database"],
    ["dat", "e1", ["e1/data", "e1/database"]],
    ["cache", "e1", null],
    ["nothing", null, null],
  ] as const)("%s on %s is %j", (text, engine, want) => expect(keys(text, engine)).toEqual(want));

  it("may be the beginning of an id, if it is long enough to be meant", () => {
    expect(beginsWith("sha256:abcdef", "abcd")).toBe(true);
    expect(beginsWith("sha256:abcdef", "sha256:abcd")).toBe(true);
    expect(beginsWith("abcdef", "abc")).toBe(false);
  });
});
