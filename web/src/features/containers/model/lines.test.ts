import { describe, expect, it } from "vitest";
import { NO_FILTER } from "../../../components/filter/filter";
import { parseFilter } from "../../../components/filter/parse";
import type { Sight } from "../../../components/filter/sight";
import { TestMetrics, testEntry, testTable } from "../../../testing/testContainer";
import { isGroup, type Line } from "./groups";
import { Lines, type ViewOptions } from "./lines";
import { sortByMetric } from "./order";
import { mayResort, RESORT_MS } from "./resort";

function sightOf(metrics: TestMetrics): Sight {
  return {
    metrics,
    now: () => Date.parse("2026-11-23T17:00:00Z"),
    cpuPercent: (c) => (metrics.read(c.row, "cpu") ?? Number.NaN) / 100,
    engineName: (id) => id,
  };
}

const options: ViewOptions = {
  filter: NO_FILTER,
  sight: sightOf(new TestMetrics()),
  sort: { id: "name", desc: false },
  grouped: false,
  collapsed: new Set(),
  resort: false,
};

function names(lines: readonly Line[]): string[] {
  return lines.map((l) => (isGroup(l) ? `[${l.project}]` : l.container.name));
}

const a = testEntry({ name: "web-2", row: 1, project: "shop" });
const b = testEntry({
  name: "web-10",
  row: 2,
  project: "shop",
  state: "exited",
  exitCode: 1,
  finishedAt: "2026-11-23T15:00:00Z",
});
const c = testEntry({ name: "api", row: 3, project: "mail", startedAt: "2026-11-23T13:00:00Z" });
const d = testEntry({ name: "lonely", row: 4 });

describe("the lines of the table", () => {
  it("stand in the natural order of their names, either way", () => {
    const lines = new Lines();
    const table = testTable([b, a, d, c]);
    const metrics = new TestMetrics();
    expect(names(lines.update(table, metrics, options).lines)).toEqual(["api", "lonely", "web-2", "web-10"]);
    const down = { ...options, sort: { id: "name" as const, desc: true } };
    expect(names(lines.update(table, metrics, down).lines)).toEqual(["web-10", "web-2", "lonely", "api"]);
  });

  it("follow what comes, changes and goes", () => {
    const lines = new Lines();
    const metrics = new TestMetrics();
    lines.update(testTable([a, b]), metrics, options);
    const changed = { ...a, container: { ...a.container, state: "paused" as const } };
    const view = lines.update(testTable([changed, c]), metrics, options);
    expect(names(view.lines)).toEqual(["api", "web-2"]);
    expect(view.lines[1]).toBe(changed);
    expect(view).toMatchObject({ shown: 2, total: 2 });
  });

  it("find a new place for what is renamed", () => {
    const lines = new Lines();
    lines.update(testTable([a, b, c]), new TestMetrics(), options);
    const renamed = { ...a, container: { ...a.container, name: "zebra" } };
    const view = lines.update(testTable([renamed, b, c]), new TestMetrics(), options);
    expect(names(view.lines)).toEqual(["api", "web-10", "zebra"]);
  });

  it("put what is not known last, in either direction", () => {
    const table = testTable([a, b, c, d]);
    const metrics = new TestMetrics();
    const by = (desc: boolean) =>
      names(new Lines().update(table, metrics, { ...options, sort: { id: "project", desc } }).lines);
    expect(by(false)).toEqual(["api", "web-2", "web-10", "lonely"]);
    expect(by(true)).toEqual(["web-2", "web-10", "api", "lonely"]);
  });

  it("put the living first when sorted by uptime", () => {
    const table = testTable([a, b, c]);
    const sort = { id: "uptime" as const, desc: true };
    expect(names(new Lines().update(table, new TestMetrics(), { ...options, sort }).lines)).toEqual([
      "api",
      "web-2",
      "web-10",
    ]);
  });

  it("hold the order of a live metric until it is asked for anew", () => {
    const lines = new Lines();
    const metrics = new TestMetrics();
    const table = testTable([a, b, c]);
    const cpu = { ...options, sort: { id: "cpu" as const, desc: true } };
    metrics.set(1, "cpu", 100);
    metrics.set(3, "cpu", 200);
    expect(names(lines.update(table, metrics, cpu).lines)).toEqual(["api", "web-2", "web-10"]);
    metrics.set(1, "cpu", 900);
    expect(names(lines.update(table, metrics, cpu).lines)).toEqual(["api", "web-2", "web-10"]);
    expect(names(lines.update(testTable([a, c, d]), metrics, cpu).lines)).toEqual(["api", "web-2", "lonely"]);
    expect(names(lines.update(table, metrics, { ...cpu, resort: true }).lines)).toEqual(["web-2", "api", "web-10"]);
  });

  it("leave out what the filter does and count both", () => {
    const view = new Lines().update(testTable([a, b, c]), new TestMetrics(), {
      ...options,
      filter: parseFilter("project:shop -state:exited"),
    });
    expect(names(view.lines)).toEqual(["web-2"]);
    expect(view).toMatchObject({ shown: 1, total: 3 });
  });

  it("are filtered by a live metric at the pace of the order, new ones at once", () => {
    const lines = new Lines();
    const metrics = new TestMetrics();
    metrics.set(1, "cpu", 6000);
    const busy = { ...options, sight: sightOf(metrics), filter: parseFilter("cpu>50") };
    const table = testTable([a, c]);
    expect(names(lines.update(table, metrics, busy).lines)).toEqual(["web-2"]);
    metrics.set(1, "cpu", 100);
    metrics.set(3, "cpu", 9000);
    metrics.set(4, "cpu", 9000);
    expect(names(lines.update(table, metrics, busy).lines)).toEqual(["web-2"]);
    expect(names(lines.update(testTable([a, c, d]), metrics, busy).lines)).toEqual(["lonely", "web-2"]);
    expect(names(lines.update(table, metrics, { ...busy, resort: true }).lines)).toEqual(["api"]);
  });

  it("are sorted by the share that is shown", () => {
    const metrics = new TestMetrics();
    metrics.set(1, "cpu", 100);
    metrics.set(3, "cpu", 200);
    const byShare = {
      ...options,
      sort: { id: "cpu" as const, desc: true },
      cpuScale: (x: { name: string }) => (x.name === "web-2" ? 4 : 1),
    };
    expect(names(new Lines().update(testTable([a, c]), metrics, byShare).lines)).toEqual(["web-2", "api"]);
  });

  it("stand under their projects, those without one last, folded ones not at all", () => {
    const grouped = { ...options, grouped: true, collapsed: new Set(["group:e1/shop"]) };
    const view = new Lines().update(testTable([a, b, c, d]), new TestMetrics(), grouped);
    expect(names(view.lines)).toEqual(["[mail]", "api", "[shop]", "[]", "lonely"]);
    expect(view.lines[2]).toMatchObject({ running: 1, collapsed: true, members: [a, b], worst: b });
  });
});

describe("sorting by a metric", () => {
  it("keeps equal values in the order they came in and unknown ones last", () => {
    const metrics = new TestMetrics();
    metrics.set(1, "mem", 5e11);
    metrics.set(2, "mem", 5e11);
    metrics.set(4, "mem", 0);
    expect(sortByMetric([a, b, c, d], "mem", metrics, true)).toEqual([a, b, d, c]);
    expect(sortByMetric([c, d, b, a], "mem", metrics, false)).toEqual([d, b, a, c]);
  });

  it("orders as the values do", () => {
    const metrics = new TestMetrics();
    const list = Array.from({ length: 60 }, (_, i) => testEntry({ name: `c${i}`, row: i }));
    const values = list.map((_, i) => Math.round(((i * 7919) % 60) ** 5.5));
    for (const [i, v] of values.entries()) metrics.set(i, "rxRate", v);
    const sorted = sortByMetric(list, "rxRate", metrics, false).map((e) => values[e.container.row] as number);
    expect(sorted).toEqual([...values].sort((x, y) => x - y));
  });
});

describe("a live order", () => {
  it.each([
    [{ live: true, held: false, lastMs: 0 }, RESORT_MS, true],
    [{ live: true, held: false, lastMs: 0 }, RESORT_MS - 1, false],
    [{ live: true, held: true, lastMs: 0 }, 60_000, false],
    [{ live: false, held: false, lastMs: 0 }, 60_000, false],
  ])("with %j may change at %d: %s", (state, now, may) => expect(mayResort(state, now)).toBe(may));
});
