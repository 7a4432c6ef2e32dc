import { expect, test } from "vitest";
import type { Trouble } from "../app/trouble";
import type { ContainerEntry } from "../store/state";
import { container } from "../testing/samples";
import { trayView } from "./tray";

const NONE: Trouble = { kind: "none", words: "", count: 0 };
const BAD: Trouble = { kind: "bad", words: "1 unhealthy", count: 1 };
const GONE: Trouble = { kind: "engine", words: "Docker unreachable", count: 0 };

function entries(...changes: Parameters<typeof container>[2][]): ContainerEntry[] {
  return changes.map((change, i) => {
    const c = container(String(i), i, change);
    return { key: `${c.engine}/${c.id}`, container: c } as ContainerEntry;
  });
}

test("projects with what runs of them, those that run first where not all fit", () => {
  const some = entries(
    { project: "b & c" },
    { project: "b & c", state: "exited" },
    { project: "a", state: "exited" },
    {},
  );
  expect(trayView(some, NONE, null, false)).toEqual({
    trouble: "none",
    summary: "2 of 4 running",
    projects: [
      ["b & c", "1 of 2 running"],
      ["a", "0 of 1 running"],
    ],
    paused: false,
  });
  const many = entries(
    ...Array.from({ length: 30 }, (_, i) => ({ project: `p${i}`, state: i < 10 ? "exited" : "running" }) as const),
  );
  const { projects } = trayView(many, NONE, null, true);
  expect(projects).toHaveLength(20);
  expect(projects.every(([, line]) => line === "1 of 1 running")).toBe(true);
});

test.each([
  ["nothing", NONE, [{}], "none", "1 of 1 running"],
  ["one that is unhealthy", BAD, [{}], "error", "1 unhealthy"],
  ["one that the kernel killed", NONE, [{ state: "exited", oomKilled: true }], "error", "1 out of memory"],
  ["one that was started again since", NONE, [{ state: "running", oomKilled: true }], "none", "1 of 1 running"],
  ["both", BAD, [{ state: "exited", oomKilled: true }], "error", "1 unhealthy, 1 out of memory"],
  [
    "the engine gone, and what was last known",
    GONE,
    [{ state: "exited", oomKilled: true }],
    "error",
    "Docker unreachable",
  ],
] as const)("trouble: %s", (_, trouble, containers, level, summary) => {
  expect(trayView(entries(...containers), trouble, null, false)).toMatchObject({ trouble: level, summary });
});

test("alerts, where nothing else says what is wrong", () => {
  const look = (trouble: Trouble, worst: "critical" | "warning" | "info") =>
    trayView(entries({}), trouble, { count: 2, worst }, false);
  expect(look(NONE, "critical")).toMatchObject({ trouble: "error", summary: "2 alerts fire" });
  expect(look(NONE, "warning")).toMatchObject({ trouble: "warning", summary: "2 alerts fire" });
  expect(look(NONE, "info")).toMatchObject({ trouble: "none", summary: "1 of 1 running" });
  expect(look(BAD, "critical")).toMatchObject({ trouble: "error", summary: "1 unhealthy" });
});
