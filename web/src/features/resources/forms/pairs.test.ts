import { expect, it } from "vitest";
import { given, givenPairs, parsePairs } from "./pairs";

it("reads pairs, by comma or line, with and without a value", () => {
  expect(parsePairs("team=shop, keep\n a = b=c ,,")).toEqual({ team: "shop", keep: "", a: "b=c" });
  expect(parsePairs("")).toEqual({});
});

it("leaves out of a request what is empty", () => {
  expect({ ...given("name", "  "), ...givenPairs("labels", " ") }).toEqual({});
  expect({ ...given("name", " a "), ...givenPairs("labels", "b") }).toEqual({ name: "a", labels: { b: "" } });
});
