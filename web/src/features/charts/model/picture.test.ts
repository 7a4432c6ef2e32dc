import { describe, expect, it } from "vitest";
import type { Scale } from "../../../components/container/scale";
import { History } from "./history";
import { pictureOf } from "./picture";
import { readoutText } from "./readout";
import { CHARTS } from "./specs";
import { tableOf } from "./table";

const S = 1000;

function history(at: number[]): History {
  const h = new History();
  h.fill(
    { engine: "e", id: "c", stepSeconds: 1, at: at.map((t) => t * S), cols: { cpu: at.map((t) => t * 100) }, from: 0 },
    S,
  );
  return h;
}

const facts = { now: 60 * S, tickMs: S, restMs: 10 * S, downs: [], idle: [] };

describe("a picture", () => {
  it("has a row of nothing where a line must break", () => {
    const p = pictureOf(history([0, 10, 50, 60]), facts, [], 0, 60 * S);
    expect(p.at).toEqual([0, 10, 30, 50, 60].map((t) => t * S));
    expect(p.cols.cpu).toEqual([0, 1000, null, 5000, 6000]);
    expect([...p.breaks]).toEqual([2]);
    expect(p.gaps).toEqual([{ from: 10 * S, to: 50 * S }]);
  });

  it("reaches over its edges by a sample, and knows no gap there", () => {
    const p = pictureOf(history([0, 10, 20, 30, 40, 50, 60]), facts, [], 15 * S, 45 * S);
    expect(p.at).toEqual([10, 20, 30, 40, 50].map((t) => t * S));
    expect(p.gaps).toEqual([]);
  });

  it("tells under the cursor what happened and what is not known", () => {
    const at = Date.UTC(2026, 10, 23, 14, 0, 0);
    const marker = { at: at + 30 * S, kind: "restart" as const, text: "restarted, exit 3" };
    const base = pictureOf(new History(), { ...facts, now: at + 60 * S }, [marker], at, at + 60 * S);
    expect(readoutText(base, null)).toBe("");
    expect(readoutText(base, at + 30 * S)).toMatch(/:00:30 · not known · .*:00:30 restarted, exit 3$/);
    expect(readoutText({ ...base, gaps: [] }, at + 10 * S)).toMatch(/:00:10$/);
  });
});

describe("the table beside the pictures", () => {
  const scale: Scale = { base: "core", units: "binary", cpus: 2, cpuLimit: null, memoryLimit: null };

  it("has the means of equal stretches, newest first", () => {
    const p = pictureOf(history([0, 10, 20, 30, 40, 50, 60]), facts, [], 0, 60 * S);
    const [cpu] = CHARTS;
    const rows = tableOf(p, cpu ? [cpu] : [], scale, 3);
    expect(rows.map((r) => r.from / S)).toEqual([40, 20, 0]);
    // 40 and 50 %; 20 and 30 %; 0 and 10 %. The end belongs to the next stretch.
    expect(rows.map((r) => r.cells[0])).toEqual([45, 25, 5]);
  });

  it("does not know what was not measured", () => {
    const p = pictureOf(history([0, 60]), facts, [], 0, 60 * S);
    expect(tableOf(p, CHARTS.slice(0, 1), scale, 3)[1]?.cells[0]).toBeNaN();
  });
});
