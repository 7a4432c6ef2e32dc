import { describe, expect, it } from "vitest";
import { CONTAINER_TABS, containerPath, logsPath, SETTINGS_PATH } from "../components/routes";
import { routeOf } from "./route";

const key = `e1/${"0123456789abcdef".repeat(4)}`;

describe("an address", () => {
  it("is the page that the links lead to", () => {
    expect(routeOf("/")).toEqual({ page: "containers" });
    expect(routeOf(SETTINGS_PATH)).toEqual({ page: "settings" });
    expect(routeOf(new URL(logsPath({ project: "a/b" }), "http://x").pathname)).toEqual({ page: "logs" });
    for (const tab of CONTAINER_TABS) {
      expect(routeOf(containerPath(key, tab))).toEqual({ page: "container", id: "0123456789ab", tab });
    }
  });

  it("may end with a slash", () => {
    expect(routeOf("/settings/")).toEqual({ page: "settings" });
    expect(routeOf("/containers/abc/logs/")).toMatchObject({ page: "container", tab: "logs" });
  });

  it.each(["/nowhere", "/containers", "/containers/", "/containers/abc/nothing", "/settings/x", "/containers/a b"])(
    "%s is none",
    (path) => expect(routeOf(path)).toEqual({ page: "missing" }),
  );
});
