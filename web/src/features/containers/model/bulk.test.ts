import { describe, expect, it } from "vitest";
import type { Action, Container } from "../../../api/types.gen";
import { testContainer } from "../../../testing/testContainer";
import { bulkChoices } from "./bulk";

const alive = (c: Container, action: Action) => {
  if (action === "start") return c.state === "running" ? "It runs already" : null;
  return c.state === "running" ? null : "It does not run";
};
const up = testContainer({ name: "up" });
const down = testContainer({ name: "down", state: "exited" });

describe("what can be done to several", () => {
  it("is done to those on which it makes sense", () => {
    const choices = bulkChoices([up, down], ["start", "stop"], alive);
    expect(choices.map((c) => [c.action, c.keys, c.reason])).toEqual([
      ["start", ["e1/id-down"], null],
      ["stop", ["e1/id-up"], null],
    ]);
  });

  it("says why not, of one and of several", () => {
    expect(bulkChoices([down], ["stop"], alive)[0]?.reason).toBe("It does not run");
    const two = bulkChoices([down, testContainer({ name: "x", state: "created" })], ["stop"], alive);
    expect(two[0]?.reason).toBe("None of them can be: it does not run");
    expect(bulkChoices([], ["stop"], alive)[0]?.reason).toBe("Nothing is selected");
  });

  it("asks once for what is alike", () => {
    let asked = 0;
    const many = Array.from({ length: 500 }, (_, i) => testContainer({ name: `c${i}` }));
    const [stop] = bulkChoices(many, ["stop"], () => {
      asked++;
      return null;
    });
    expect([asked, stop?.keys.length]).toEqual([1, 500]);
  });
});
