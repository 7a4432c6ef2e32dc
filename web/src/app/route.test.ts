import { describe, expect, it } from "vitest";
import {
  ALERT_TABS,
  alertsPath,
  CONTAINER_TABS,
  containerPath,
  EVENTS_PATH,
  imagePath,
  logsPath,
  networkPath,
  projectPath,
  SETTINGS_PATH,
  SYSTEM_PATH,
  volumePath,
} from "../components/routes";
import { routeOf } from "./route";

const key = `e1/${"0123456789abcdef".repeat(4)}`;

describe("an address", () => {
  it("is the page that the links lead to", () => {
    expect(routeOf("/")).toEqual({ page: "containers" });
    expect(routeOf(SETTINGS_PATH)).toEqual({ page: "settings" });
    expect(routeOf(EVENTS_PATH)).toEqual({ page: "events" });
    expect(routeOf(new URL(logsPath({ project: "a/b" }), "http://x").pathname)).toEqual({ page: "logs" });
    for (const tab of CONTAINER_TABS) {
      expect(routeOf(containerPath(key, tab))).toEqual({ page: "container", id: "0123456789ab", tab });
    }
  });

  it("is a list, or one of it", () => {
    expect(routeOf("/images")).toEqual({ page: "images", id: null });
    expect(routeOf(imagePath(`sha256:${"ab".repeat(32)}`))).toEqual({ page: "images", id: "abababababab" });
    expect(routeOf(volumePath("data.old"))).toEqual({ page: "volumes", id: "data.old" });
    expect(routeOf(volumePath("a/b %"))).toEqual({ page: "volumes", id: "a/b %" });
    expect(routeOf(networkPath("cd".repeat(32)))).toEqual({ page: "networks", id: "cdcdcdcdcdcd" });
    expect(routeOf(projectPath("shop"))).toEqual({ page: "projects", id: "shop" });
    expect(routeOf("/volumes/%E0%A4%A")).toEqual({ page: "volumes", id: "%E0%A4%A" });
    expect(routeOf(SYSTEM_PATH)).toEqual({ page: "system" });
    expect(routeOf("/images/a/b")).toEqual({ page: "missing" });
    for (const tab of ALERT_TABS) expect(routeOf(alertsPath(tab))).toEqual({ page: "alerts", tab });
    expect(routeOf("/alerts/nothing")).toEqual({ page: "missing" });
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
