import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { testContainer } from "../../testing/testContainer";
import { accept, complete, type Seen } from "./complete";
import { parseFilter } from "./parse";

const seen: Seen = {
  containers: [
    testContainer({
      name: "shop-web-1",
      project: "shop",
      labels: { app: "web", tier: "two words" },
      networks: ["a b"],
    }),
    testContainer({ name: "shop-db-1", project: "shop", labels: { app: "db" } }),
    testContainer({ name: "mail-1", project: "mail", state: "exited", exitCode: 137 }),
  ],
  engineName: () => "local",
};

function texts(query: string, caret = query.length): string[] {
  return complete(query, caret, seen).suggestions.map((s) => s.text);
}

describe("the completion", () => {
  it.each([
    ["st", ["state:"]],
    ["re", ["read>", "restarts>"]],
    ["-st", ["-state:"]],
    ["project:", ["project:shop", "project:mail"]],
    ["project:ma", ["project:mail"]],
    ["name:1", ["name:mail-1", "name:shop-db-1", "name:shop-web-1"]],
    ["state:ex", ["state:exited"]],
    ["state:running,ex", ["state:running,exited"]],
    ["-label:app", ["-label:app=db", "-label:app=web"]],
    ["label:tier", ['label:"tier=two words"']],
    ["is:l", ["is:looping"]],
    ["exit:", ["exit:137"]],
    ["web-1", []],
    ["nosuch:", []],
    ["cpu>", []],
  ])("of %j is %j", (query, list) => {
    const found = texts(query);
    expect(found.slice(0, list.length || undefined)).toEqual(list);
  });

  it("offers all fields where nothing is typed", () => {
    expect(texts("")).toContain("project:");
    expect(texts("web ")).toContain("cpu>");
  });

  it("is of the word at the caret, and puts a space behind what is whole", () => {
    const c = complete("web state:run shop", 13, seen);
    const found = c.suggestions.find((s) => s.text === "state:running");
    expect(found && accept("web state:run shop", c, found)).toEqual({ query: "web state:running shop", caret: 17 });
    const end = complete("state:run", 9, seen);
    expect(end.suggestions[0] && accept("state:run", end, end.suggestions[0])).toEqual({
      query: "state:running ",
      caret: 14,
    });
  });

  it("never suggests what the filter can't read", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(30), (query, caret) => {
        for (const s of complete(query, Math.min(caret, query.length), seen).suggestions) {
          if (s.whole && !query.includes(",")) expect(parseFilter(s.text).problems).toEqual([]);
        }
      }),
    );
  });
});
