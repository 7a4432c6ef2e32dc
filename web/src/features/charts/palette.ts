import type { Marker } from "./model/life";

/** The theme's colours as a canvas needs them: values, read anew when the theme changes. */
export interface Palette {
  readonly surface: string;
  readonly text: string;
  readonly quiet: string;
  readonly grid: string;
  readonly lines: readonly string[];
  readonly fills: readonly string[];
  readonly limit: string;
  readonly hatch: string;
  readonly markers: Readonly<Record<Marker["kind"], string>>;
  /** Of the moment that is looked around: no line and no mark has it. */
  readonly moment: string;
  readonly font: string;
}

const LINES = ["--accent", "--transitional", "--paused"] as const;
/** Of an area's ground, in percent of its line's colour. */
const FILL = 10;

export function readPalette(root: HTMLElement = document.documentElement): Palette {
  const style = getComputedStyle(root);
  const rgb = new Rgb();
  const token = (name: string) => rgb.of(style.getPropertyValue(name).trim(), 1);
  const faint = (name: string, percent: number) => rgb.of(style.getPropertyValue(name).trim(), percent / 100);
  return {
    surface: token("--surface-1"),
    text: token("--text-1"),
    quiet: token("--text-3"),
    grid: faint("--line-strong", 45),
    lines: LINES.map((name) => token(name)),
    // Two areas over each other are mud: only the first line has one.
    fills: [faint("--accent", FILL)],
    limit: token("--bad"),
    hatch: faint("--text-3", 24),
    markers: {
      start: token("--running"),
      restart: token("--paused"),
      end: token("--stopped"),
      oom: token("--bad"),
      healthy: token("--running"),
      unhealthy: token("--bad"),
      paused: token("--paused"),
      resumed: token("--running"),
    },
    moment: token("--text-1"),
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
  };
}

/** Makes rgba() of any colour that the browser knows, by painting it: not every canvas can mix colours itself. */
class Rgb {
  readonly #g = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", {
    willReadFrequently: true,
  });

  of(color: string, alpha: number): string {
    const g = this.#g;
    if (!g) return color;
    g.clearRect(0, 0, 1, 1);
    g.fillStyle = color;
    g.fillRect(0, 0, 1, 1);
    const [r = 0, green = 0, b = 0, a = 255] = g.getImageData(0, 0, 1, 1).data;
    return `rgba(${r}, ${green}, ${b}, ${((a / 255) * alpha).toFixed(3)})`;
  }
}

/** Calls fn whenever the theme changes: by the page's own switch, by the system's, or by its wish for contrast. */
export function onThemeChange(fn: () => void): () => void {
  const observer = new MutationObserver(fn);
  observer.observe(document.documentElement, {
    attributes: true,
    attributeFilter: ["data-theme", "data-contrast", "class"],
  });
  const queries = ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"].map((q) => window.matchMedia(q));
  for (const q of queries) q.addEventListener("change", fn);
  return () => {
    observer.disconnect();
    for (const q of queries) q.removeEventListener("change", fn);
  };
}
