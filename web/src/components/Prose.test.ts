import { describe, expect, it } from "vitest";
import { proseParts } from "./Prose";

const shown = (text: string) => proseParts(text).map((p) => (p.code ? `<${p.text}>` : p.text));

describe("prose", () => {
  it("shows what stands between backticks as code and ends the sentence", () => {
    expect(shown("No socket. Start it with `sudo service docker start`")).toEqual([
      "No socket. Start it with ",
      "<sudo service docker start>",
      ".",
    ]);
    expect(shown("`a` or `b`!")).toEqual(["<a>", " or ", "<b>", "!"]);
  });

  it("leaves a sentence that has its end, a lone backtick, and nothing", () => {
    expect(shown("It went away. ")).toEqual(["It went away."]);
    expect(shown("a ` b")).toEqual(["a ` b."]);
    expect(shown("")).toEqual([]);
  });
});
