import { describe, expect, it } from "vitest";
import type { Network } from "../../../api/types.gen";
import { testContainer } from "../../../testing/testContainer";
import { removalOptions } from "./projectRemoval";

const of = (...states: Parameters<typeof testContainer>[0][]) => states.map(testContainer);

describe("the removal of a project", () => {
  it("is forced where something runs, or is started again and again", () => {
    expect(removalOptions({ containers: of({ state: "exited" }, { state: "created" }), networks: [] }, true)).toEqual(
      {},
    );
    expect(removalOptions({ containers: of({ state: "exited" }, { state: "paused" }), networks: [] }, true)).toEqual({
      force: true,
    });
    expect(removalOptions({ containers: of({ state: "restarting" }), networks: [] }, true)).toEqual({ force: true });
  });

  it("takes networks where there are any and they are wanted", () => {
    const networks = [{ name: "shop_default" } as Network];
    expect(removalOptions({ containers: [], networks }, true)).toEqual({ networks: true });
    expect(removalOptions({ containers: [], networks }, false)).toEqual({});
  });
});
