import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Color, TRUE_COLOR } from "./ansi";
import { groundColor, rgbOf, textColor } from "./color";

type Rgb = [number, number, number];

/** Linear sRGB of oklch, clipped to the gamut (after Björn Ottosson's definition). */
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

function parse(css: string): Rgb {
  const m = /oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/.exec(css);
  if (!m) throw new Error(`no oklch: ${css}`);
  return linearRgb(Number(m[1]), Number(m[2]), Number(m[3]));
}

function contrast(a: Rgb, b: Rgb): number {
  const y = ([r, g, bl]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * bl;
  const [high, low] = [y(a), y(b)].sort((p, q) => q - p) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const tokens = read("../../../styles/tokens.css");
const logs = read("../screen/colors.css");

function block(css: string, selector: string): string {
  const start = css.indexOf(`${selector} {`);
  expect(start, selector).toBeGreaterThanOrEqual(0);
  return css.slice(start, css.indexOf("}", start));
}

function variable(text: string, name: string): string {
  return new RegExp(`--${name}: ([^;]+);`).exec(text)?.[1] ?? "";
}

const themes = [
  { name: "light", tokens: ':root[data-theme="light"]', logs: "\n  :is(.ql-log, .ql-dot)", key: "light" },
  {
    name: "dark",
    tokens: ':root[data-theme="dark"]',
    logs: ':root[data-theme="dark"] :is(.ql-log, .ql-dot)',
    key: "dark",
  },
  {
    name: "system dark",
    tokens: ":root:not([data-theme])",
    logs: ':root:not([data-theme="light"]) :is(.ql-log, .ql-dot)',
    key: "dark",
  },
] as const;

const colors: Color[] = Array.from({ length: 240 }, (_, i) => 16 + i);
for (const r of [0, 90, 255])
  for (const g of [0, 90, 255])
    for (const b of [0, 90, 255]) {
      colors.push(TRUE_COLOR | (r << 16) | (g << 8) | b);
    }

describe.each(themes)("in the $name theme", (theme) => {
  const t = block(tokens, theme.tokens);
  const l = block(logs, theme.logs);
  const sixteen = Array.from({ length: 16 }, (_, i) => parse(variable(l, `ansi-${i}`)));
  const groundL = variable(l, "ansi-bg-l");
  const grounds = Array.from({ length: 8 }, (_, i) => {
    const m = /oklch\(var\(--ansi-bg-l\) ([\d.]+ [\d.]+)\)/.exec(block(logs, `.ql-bg${i + 8}`));
    return parse(`oklch(${groundL} ${m?.[1]})`);
  });
  const surfaces = ["surface-0", "surface-1", "surface-2", "accent-soft"].map((s) => parse(variable(t, s)));
  const plain = parse(variable(t, "text-1"));

  test("every colour of text reads on every ground", () => {
    const texts = [...sixteen, ...colors.map((c) => parse(textColor(c)[theme.key]))];
    const all = [...surfaces, ...grounds, ...colors.map((c) => parse(groundColor(c)[theme.key]))];
    let worst = 21;
    for (const text of texts) for (const ground of all) worst = Math.min(worst, contrast(text, ground));
    expect(worst).toBeGreaterThanOrEqual(4.5);
  });

  test("plain text reads on every ground, and on a highlight its own does", () => {
    for (const g of [...grounds, ...colors.map((c) => parse(groundColor(c)[theme.key]))]) {
      expect(contrast(plain, g)).toBeGreaterThanOrEqual(4.5);
    }
    const on = parse(variable(block(logs, "\n  :is(.ql-log, .ql-dot)"), "ql-on-match"));
    for (const name of ["ql-match", "ql-match-now"]) {
      expect(contrast(on, parse(variable(l, name)))).toBeGreaterThanOrEqual(4.5);
    }
  });
});

test("xterm's palette", () => {
  expect([16, 21, 196, 208, 231, 232, 255].map((c) => rgbOf(c).toString(16).padStart(6, "0"))).toEqual([
    "000000",
    "0000ff",
    "ff0000",
    "ff8700",
    "ffffff",
    "080808",
    "eeeeee",
  ]);
});
