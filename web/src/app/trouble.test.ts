import { describe, expect, it } from "vitest";
import { ManualTime } from "../testing/manual";
import { container, engine } from "../testing/samples";
import { initialConnection } from "../transport/connection";
import { iconUrl, titleText, troubleOf } from "./trouble";

const link = initialConnection(new ManualTime());

function view(change: Partial<Parameters<typeof troubleOf>[0]> = {}) {
  return { containers: { loaded: true, entries: [], get: () => undefined }, engines: [], connection: link, ...change };
}

function entries(...list: ReturnType<typeof container>[]) {
  return {
    containers: {
      loaded: true,
      entries: list.map((c) => ({ key: c.id, container: c, changedAt: 0 })),
      get: () => undefined,
    },
  };
}

describe("the tab", () => {
  it("says nothing while all is well", () => {
    const trouble = troubleOf(
      view(entries(container("a", 1), container("b", 2, { state: "exited", health: "unhealthy" }))),
    );
    expect(titleText("Containers", trouble)).toBe("Containers · Quaywatch");
    expect(iconUrl(trouble)).toBeNull();
  });

  it("counts what is in trouble", () => {
    const sick = container("a", 1, { health: "unhealthy" });
    const looping = container("b", 2, { state: "restarting" });
    const trouble = troubleOf(view(entries(sick, looping)));
    expect(titleText("Settings", trouble)).toBe("1 unhealthy, 1 restarting · Settings · Quaywatch");
    expect(decodeURIComponent(iconUrl(trouble) ?? "")).toContain(">2</text>");
  });

  it("says what is nearer first: the link, then the engine, then containers", () => {
    const all = { ...entries(container("a", 1, { health: "unhealthy" })), engines: [engine({ state: "unreachable" })] };
    expect(troubleOf(view(all)).words).toBe("Docker unreachable");
    expect(troubleOf(view({ ...all, connection: { ...link, phase: "offline" } })).words).toBe("Offline");
    expect(troubleOf(view({ ...all, connection: { ...link, phase: "signin" } })).words).toBe("Sign in");
  });

  it("draws more than nine as 9+", () => {
    expect(decodeURIComponent(iconUrl({ kind: "bad", words: "", count: 12 }) ?? "")).toContain("9+");
  });
});
