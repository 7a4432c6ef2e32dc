import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

type Rgb = [number, number, number];

/** Linear sRGB of oklch(L C H), clipped to the gamut (after Björn Ottosson's definition). */
function linearRgb(l: number, c: number, hue: number): Rgb {
  const a = c * Math.cos((hue * Math.PI) / 180);
  const b = c * Math.sin((hue * Math.PI) / 180);
  const l3 = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m3 = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s3 = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (x: number) => Math.min(1, Math.max(0, x));
  return [
    clip(4.0767416621 * l3 - 3.3077115913 * m3 + 0.2309699292 * s3),
    clip(-1.2684380046 * l3 + 2.6097574011 * m3 - 0.3413193965 * s3),
    clip(-0.0041960863 * l3 - 0.7034186147 * m3 + 1.707614701 * s3),
  ];
}

function luminance([r, g, b]: Rgb): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: Rgb, b: Rgb): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

function tokens(selector: string): Map<string, Rgb> {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf("}", start));
  const found = new Map<string, Rgb>();
  for (const m of block.matchAll(/--([\w-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/g)) {
    found.set(m[1] as string, linearRgb(Number(m[2]), Number(m[3]), Number(m[4])));
  }
  return found;
}

const tones = ["running", "paused", "stopped", "transitional", "bad"];

describe.each([
  ["light", ':root[data-theme="light"]'],
  ["dark", ':root[data-theme="dark"]'],
  ["system dark", ":root:not([data-theme])"],
])("the %s theme", (_, selector) => {
  const t = tokens(selector);
  const ratio = (text: string, surface: string) => contrast(t.get(text) as Rgb, t.get(surface) as Rgb);

  it.each(["text-1", "text-2", "text-3", "accent", ...tones])("%s reads on every surface", (text) => {
    for (const surface of ["surface-0", "surface-1", "surface-2"]) {
      expect(ratio(text, surface), `${text} on ${surface}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it.each(tones)("%s reads on its own soft ground", (tone) => {
    expect(ratio(tone, `${tone}-soft`)).toBeGreaterThanOrEqual(4.5);
  });

  it("reads on grounds of its own", () => {
    expect(ratio("on-accent", "accent")).toBeGreaterThanOrEqual(4.5);
    expect(ratio("accent", "accent-soft")).toBeGreaterThanOrEqual(4.5);
    expect(ratio("on-accent", "bad")).toBeGreaterThanOrEqual(4.5);
    expect(ratio("text-1", "accent-soft")).toBeGreaterThanOrEqual(4.5);
    expect(ratio("on-banner", "banner")).toBeGreaterThanOrEqual(4.5);
    expect(ratio("text-1", "bad-soft")).toBeGreaterThanOrEqual(4.5);
  });
});

describe.each([
  ["light", ':root[data-theme="contrast"]'],
  ["dark", ':root[data-theme="contrast"]:root'],
])("the %s high contrast theme", (_, selector) => {
  const t = tokens(selector);
  const ratio = (text: string, surface: string) => contrast(t.get(text) as Rgb, t.get(surface) as Rgb);

  it.each(["text-1", "text-2", "text-3", "accent", ...tones])("%s reads on every surface at 7:1", (text) => {
    for (const surface of ["surface-0", "surface-1", "surface-2"]) {
      expect(ratio(text, surface), `${text} on ${surface}`).toBeGreaterThanOrEqual(7);
    }
  });

  it("reads on grounds of its own, and its lines can be seen", () => {
    for (const tone of tones) expect(ratio(tone, `${tone}-soft`), tone).toBeGreaterThanOrEqual(7);
    expect(ratio("on-accent", "accent")).toBeGreaterThanOrEqual(7);
    expect(ratio("text-1", "accent-soft")).toBeGreaterThanOrEqual(7);
    expect(ratio("on-banner", "banner")).toBeGreaterThanOrEqual(7);
    expect(ratio("line", "surface-1")).toBeGreaterThanOrEqual(3);
  });

  it("has every token of the other themes", () => {
    expect([...t.keys()]).toEqual([...tokens(':root[data-theme="dark"]').keys()]);
  });
});

it("keeps the two copies of the dark theme alike", () => {
  expect([...tokens(":root:not([data-theme])")]).toEqual([...tokens(':root[data-theme="dark"]')]);
});
