/**
 * Colours of other people's terminals on our grounds: hue and much of the
 * strength stay, lightness is brought to where it reads. Foregrounds have
 * 4.5:1 against the theme's surfaces and against every ground that comes from
 * here, whatever the two were. Formulas: Björn Ottosson, "A perceptual color
 * space for image processing".
 */
import { type Color, TRUE_COLOR } from "./ansi";

/** The colour as CSS, for each theme. */
export interface Themed {
  readonly light: string;
  readonly dark: string;
}

interface Oklch {
  readonly l: number;
  readonly c: number;
  readonly h: number;
}

/** Lightness and most chroma of text and of grounds, by theme. */
export const BOUNDS = {
  textLight: { low: 0, high: 0.445, chroma: 0.14 },
  textDark: { low: 0.78, high: 1, chroma: 0.13 },
  groundLight: { low: 0.915, high: 1, chroma: 0.06 },
  groundDark: { low: 0, high: 0.33, chroma: 0.06 },
} as const;
type Bounds = (typeof BOUNDS)[keyof typeof BOUNDS];

const CACHE_SIZE = 1024;
const texts = new Map<Color, Themed>();
const grounds = new Map<Color, Themed>();

/** A colour of the 256 beyond the first 16, or any, as one of text. */
export function textColor(color: Color): Themed {
  return cached(texts, color, BOUNDS.textLight, BOUNDS.textDark);
}

/** The same as a ground. */
export function groundColor(color: Color): Themed {
  return cached(grounds, color, BOUNDS.groundLight, BOUNDS.groundDark);
}

function cached(cache: Map<Color, Themed>, color: Color, light: Bounds, dark: Bounds): Themed {
  const known = cache.get(color);
  if (known) return known;
  const lch = toOklch(color);
  const themed = { light: css(lch, light), dark: css(lch, dark) };
  // A log can name 16 million of them.
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(color, themed);
  return themed;
}

function css({ l, c, h }: Oklch, bounds: Bounds): string {
  const lightness = Math.min(bounds.high, Math.max(bounds.low, l));
  return `oklch(${lightness.toFixed(3)} ${Math.min(c, bounds.chroma).toFixed(3)} ${h.toFixed(1)})`;
}

const LEVELS = [0, 95, 135, 175, 215, 255] as const;

/** 0xrrggbb of a colour from 16 on: xterm's cube and greys. */
export function rgbOf(color: Color): number {
  if (color >= TRUE_COLOR) return color & 0xffffff;
  if (color >= 232) {
    const grey = 8 + (color - 232) * 10;
    return (grey << 16) | (grey << 8) | grey;
  }
  const n = color - 16;
  const [r, g, b] = [LEVELS[Math.floor(n / 36)] ?? 0, LEVELS[Math.floor(n / 6) % 6] ?? 0, LEVELS[n % 6] ?? 0];
  return (r << 16) | (g << 8) | b;
}

function toOklch(color: Color): Oklch {
  const rgb = rgbOf(color);
  const r = linear((rgb >> 16) & 255);
  const g = linear((rgb >> 8) & 255);
  const b = linear(rgb & 255);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const lightness = 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
  const x = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const y = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  const hue = (Math.atan2(y, x) * 180) / Math.PI;
  return { l: lightness, c: Math.hypot(x, y), h: hue < 0 ? hue + 360 : hue };
}

function linear(byte: number): number {
  const x = byte / 255;
  return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
}
