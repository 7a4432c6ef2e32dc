import { expect, test } from "vitest";
import { baseWords, type CpuScale, coresOf } from "./scale";

const ON_FOUR: CpuScale = { base: "core", cpus: 4, cpuLimit: 0.5 };

test.each<[string, Partial<CpuScale>, number, string]>([
  ["one core", {}, 1, "of one core"],
  ["the host", { base: "host" }, 4, "of the host’s 4 cores"],
  ["a host of unknown size", { base: "host", cpus: 0 }, 1, "of one core"],
  ["the limit", { base: "limit" }, 0.5, "of its limit, 0.5 cores"],
  ["the limit of what has none", { base: "limit", cpuLimit: null }, 1, "of one core"],
])("100 %% of CPU is %s: so many cores, in those words", (_, part, cores, words) => {
  const scale = { ...ON_FOUR, ...part };
  expect(coresOf(scale)).toBe(cores);
  expect(baseWords(scale)).toBe(words);
});
