import { describe, expect, it } from "vitest";
import type { Container } from "../api/types.gen";
import { ManualTime } from "../testing/manual";
import { container, engine } from "../testing/samples";
import { initialConnection } from "../transport/connection";
import { type Ailment, ailmentsOf, iconUrl, titleText, troubleOf } from "./trouble";

const link = initialConnection(new ManualTime());

function look(list: readonly Container[], change: Partial<Parameters<typeof troubleOf>[0]> = {}) {
  const count = (a: Ailment) => list.filter((c) => ailmentsOf(c).includes(a)).length;
  return troubleOf({ engines: [], connection: link, ...change }, count);
}

describe("the tab", () => {
  it("says nothing while all is well", () => {
    const trouble = look([container("a", 1), container("b", 2, { state: "exited", health: "unhealthy" })]);
    expect(titleText("Containers", trouble)).toBe("Containers · Quaywatch");
    expect(iconUrl(trouble)).toBeNull();
  });

  it("counts what is in trouble", () => {
    const sick = container("a", 1, { health: "unhealthy" });
    const looping = container("b", 2, { state: "restarting" });
    const trouble = look([sick, looping]);
    expect(titleText("Settings", trouble)).toBe("1 unhealthy, 1 restarting · Settings · Quaywatch");
    expect(decodeURIComponent(iconUrl(trouble) ?? "")).toContain(">2</text>");
  });

  it("says what is nearer first: the link, then the engine, then containers", () => {
    const sick = [container("a", 1, { health: "unhealthy" })];
    const engines = [engine({ state: "unreachable" })];
    expect(look(sick, { engines }).words).toBe("Docker unreachable");
    expect(look(sick, { engines, connection: { ...link, phase: "offline" } }).words).toBe("Offline");
    expect(look(sick, { engines, connection: { ...link, phase: "signin" } }).words).toBe("Sign in");
  });

  it("draws more than nine as 9+", () => {
    expect(decodeURIComponent(iconUrl({ kind: "bad", words: "", count: 12 }) ?? "")).toContain("9+");
  });
});
