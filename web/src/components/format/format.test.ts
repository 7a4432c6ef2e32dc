import { describe, expect, it } from "vitest";
import { formatAgo, formatDuration, formatMillis } from "./duration";
import { formatBytes, formatCentipercent, formatRate, formatShare, quantityText, threeDigits } from "./quantity";

describe("threeDigits", () => {
  it.each([
    [0, "0.00"],
    [1.234, "1.23"],
    [9.994, "9.99"],
    [9.996, "10.0"],
    [99.94, "99.9"],
    [99.96, "100"],
    [250.4, "250"],
  ])("%d is %s", (x, text) => expect(threeDigits(x)).toBe(text));
});

describe("sizes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "0.98 KiB"],
    [1536, "1.50 KiB"],
    [67_108_864, "64.0 MiB"],
    [1023 * 1024 * 1024, "1.00 GiB"],
    [16_777_216_000, "15.6 GiB"],
    [5e18, "4441 PiB"],
  ])("%d bytes are %s", (bytes, text) => expect(quantityText(formatBytes(bytes))).toBe(text));

  it("counts in thousands for those who chose so", () => {
    expect(quantityText(formatBytes(67_108_864, "decimal"))).toBe("67.1 MB");
    expect(quantityText(formatBytes(999, "decimal"))).toBe("999 B");
  });

  it("never needs more than four characters below a thousand pebibytes", () => {
    for (let bytes = 1; bytes < 1e18; bytes *= 1.0137) {
      expect(formatBytes(bytes).value.length, `${bytes}`).toBeLessThanOrEqual(4);
    }
  });

  it("says that it does not know, which is not 0", () => {
    expect(quantityText(formatBytes(Number.NaN))).toBe("—");
    expect(quantityText(formatRate(Number.NaN))).toBe("—");
    expect(quantityText(formatCentipercent(Number.NaN))).toBe("—");
    expect(quantityText(formatRate(0))).toBe("0 B/s");
  });
});

describe("rates and shares", () => {
  it.each([
    [950, "950 B/s"],
    [1000, "1.00 kB/s"],
    [999_600, "1.00 MB/s"],
    [12_345_678, "12.3 MB/s"],
  ])("%d a second is %s", (rate, text) => expect(quantityText(formatRate(rate))).toBe(text));

  it.each([
    [0, "0 %"],
    [3, "0.03 %"],
    [1250, "12.5 %"],
    [25_000, "250 %"],
  ])("%d hundredths are %s", (h, text) => expect(quantityText(formatCentipercent(h))).toBe(text));

  it.each([
    [64, 256, "25%"],
    [1, 1000, "<1%"],
    [0, 1000, "0%"],
    [1, 0, ""],
    [Number.NaN, 5, ""],
    [5, Number.NaN, ""],
  ])("%d of %d is %s", (part, whole, text) => expect(formatShare(part, whole)).toBe(text));
});

describe("lengths of time", () => {
  const s = 1000;
  const min = 60 * s;
  const h = 60 * min;
  const d = 24 * h;
  it.each([
    [-5, "0 s"],
    [59.9 * s, "59 s"],
    [60 * s, "1 min"],
    [59 * min + 59 * s, "59 min"],
    [h, "1 h"],
    [2 * h + 5 * min, "2 h 5 min"],
    [22 * h + 23 * min, "22 h"],
    [d, "1 d"],
    [3 * d + 4 * h, "3 d 4 h"],
    [132 * d + 7 * h, "132 d"],
    [Number.NaN, "—"],
  ])("%d ms are %s", (ms, text) => expect(formatDuration(ms)).toBe(text));

  it.each([
    [-50, "now"],
    [400, "now"],
    [12 * s, "12 s ago"],
    [3 * min + 59 * s, "3 min ago"],
    [5 * h, "5 h ago"],
    [8 * d, "8 d ago"],
  ])("%d ms before are %s", (ms, text) => expect(formatAgo(ms)).toBe(text));

  it.each([
    [0.84, "0.8 ms"],
    [49.6, "50 ms"],
    [12_340, "12.3 s"],
    [Number.NaN, "—"],
  ])("a round trip of %d is %s", (ms, text) => expect(formatMillis(ms)).toBe(text));
});
