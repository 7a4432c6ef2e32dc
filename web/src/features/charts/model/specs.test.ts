import { describe, expect, it } from "vitest";
import { baseWords, type Scale } from "../../../components/container/scale";
import { quantityText } from "../../../components/format/quantity";
import { stepsOf, tickText, topOf } from "./axis";
import { CHARTED, type Charted, History } from "./history";
import { CHARTS, factor, isShown, limitOf, quantityOf } from "./specs";
import { summaryOf } from "./summary";

const scale: Scale = { base: "core", units: "binary", cpus: 8, cpuLimit: 0.5, memoryLimit: 64 * 1024 * 1024 };

describe("what CPU is measured against", () => {
  // Half a core is used: 50.00 % of one core on the wire.
  it.each<[string, Partial<Scale>, number, string, number | null]>([
    ["one core", {}, 50, "of one core", 50],
    ["the host", { base: "host" }, 6.25, "of the host’s 8 cores", 6.25],
    ["a host of one core", { base: "host", cpus: 1 }, 50, "of the host’s 1 core", 50],
    ["its limit", { base: "limit" }, 100, "of its limit, 0.5 cores", 100],
    ["its limit, where there is none", { base: "limit", cpuLimit: null }, 50, "of one core", null],
    ["a host whose size is not known", { base: "host", cpus: 0 }, 50, "of one core", 50],
  ])("%s", (_name, change, percent, words, limit) => {
    const s = { ...scale, ...change };
    expect(5000 * factor("cpu", s)).toBeCloseTo(percent);
    expect(baseWords(s)).toBe(words);
    if (limit === null) expect(limitOf("cpu", s)).toBeNull();
    else expect(limitOf("cpu", s)).toBeCloseTo(limit);
  });
});

describe("which charts there are", () => {
  const shown = (...samples: Partial<Record<Charted, number>>[]) => {
    const history = new History();
    const nothing = Object.fromEntries(CHARTED.map((name) => [name, null])) as Record<Charted, number | null>;
    for (const [i, s] of samples.entries()) history.append(i * 1000, { ...nothing, ...s }, 1000);
    return CHARTS.filter((c) => isShown(c, history)).map((c) => c.id);
  };
  const always = ["cpu", "mem", "net", "io", "pids"];

  it("throttling and pressure where the machine tells them, swap where something was swapped", () => {
    expect(shown()).toEqual(always);
    expect(shown({ cpu: 1, swap: 0 })).toEqual(always);
    expect(shown({ throttled: 0, psiIo: 0 })).toEqual([...always, "throttled", "psi"]);
    expect(shown({ swap: 0 }, { swap: 4096 }, { swap: 0 })).toEqual(["cpu", "mem", "swap", "net", "io", "pids"]);
  });
});

describe("numbers of a chart", () => {
  it("are written with their units", () => {
    expect(quantityText(quantityOf("cpu", 12.345, scale))).toBe("12.3 %");
    expect(quantityText(quantityOf("mem", 1536, scale))).toBe("1.50 KiB");
    expect(quantityText(quantityOf("mem", 1536, { ...scale, units: "decimal" }))).toBe("1.54 kB");
    expect(quantityText(quantityOf("net", 2000, scale))).toBe("2.00 kB/s");
    expect(quantityText(quantityOf("pids", 7, scale))).toBe("7");
    expect(quantityText(quantityOf("cpu", Number.NaN, scale))).toBe("—");
  });

  it("are short at the axis", () => {
    expect(tickText("mem", 0, scale)).toBe("0");
    expect(tickText("mem", 512 * 1024, scale)).toBe("512 KiB");
    expect(tickText("cpu", 50, scale)).toBe("50 %");
  });

  it("have round steps in their own counting", () => {
    expect(stepsOf("mem", "binary")).toContain(1024 * 1024);
    expect(stepsOf("mem", "decimal")).toContain(1_000_000);
    expect(stepsOf("pids", "binary").every(Number.isInteger)).toBe(true);
    for (const id of ["cpu", "mem", "net", "pids"] as const) {
      const steps = stepsOf(id, "decimal");
      expect(steps).toEqual([...steps].sort((a, b) => a - b));
    }
  });

  it("show the limit once it is near", () => {
    expect(topOf("mem", 2e6, 64e6)).toBeLessThan(64e6);
    expect(topOf("mem", 32e6, 64e6)).toBeGreaterThan(64e6);
    expect(topOf("cpu", Number.NaN, null)).toBe(2);
  });
});

describe("a summary", () => {
  it("weighs samples by the time they stand for", () => {
    // 10 % for 10 s, sampled once, and 100 % for 2 s, sampled each second.
    const s = summaryOf([10_000, 11_000, 12_000], [10, 100, 100], 10_000);
    expect(s.avg).toBeCloseTo((10 * 10 + 2 * 100) / 12);
    expect(s).toMatchObject({ min: 10, max: 100, last: 100 });
  });

  it("leaves out what is not known", () => {
    expect(summaryOf([0, 1000, 2000], [4, null, 6], 1000)).toMatchObject({ min: 4, max: 6, avg: 5, last: 6 });
    expect(summaryOf([0], [null], 1000).avg).toBeNaN();
    expect(summaryOf([], [], 1000).min).toBeNaN();
  });
});
