import type { ITheme } from "@xterm/xterm";

/**
 * The sixteen colours of programs, for a light and for a dark ground. Each reads on
 * the ground it is for; what a program colours otherwise is lifted to the contrast
 * that terminalScreen.ts asks for.
 */
const LIGHT: ITheme = {
  black: "#24292f",
  red: "#b3261e",
  green: "#1a6e32",
  yellow: "#7d5700",
  blue: "#0550ae",
  magenta: "#7b3fb8",
  cyan: "#0f6674",
  white: "#57606a",
  brightBlack: "#57606a",
  brightRed: "#a40e26",
  brightGreen: "#116329",
  brightYellow: "#633c01",
  brightBlue: "#0a3069",
  brightMagenta: "#5a1e99",
  brightCyan: "#1b4f5c",
  brightWhite: "#24292f",
};

const DARK: ITheme = {
  black: "#8b949e",
  red: "#ff8f85",
  green: "#66cc7f",
  yellow: "#e0b04c",
  blue: "#7db7ff",
  magenta: "#cda2ff",
  cyan: "#5fd0dd",
  white: "#d5dce4",
  brightBlack: "#9aa4af",
  brightRed: "#ffb3ac",
  brightGreen: "#8fe3a2",
  brightYellow: "#f2cc7a",
  brightBlue: "#a9d0ff",
  brightMagenta: "#e0c5ff",
  brightCyan: "#9ae5ee",
  brightWhite: "#ffffff",
};

/** The terminal's colours as the page's theme is now. */
export function themeOf(root: HTMLElement): ITheme {
  const style = getComputedStyle(root);
  const token = (name: string) => rgb(style.getPropertyValue(name));
  const ground = token("--surface-1");
  return {
    ...(style.colorScheme.includes("dark") ? DARK : LIGHT),
    background: ground,
    foreground: token("--text-1"),
    cursor: token("--accent"),
    cursorAccent: ground,
    selectionBackground: token("--accent-soft"),
    selectionInactiveBackground: token("--surface-2"),
    selectionForeground: token("--text-1"),
    scrollbarSliderBackground: token("--line-strong"),
    scrollbarSliderHoverBackground: token("--text-3"),
    scrollbarSliderActiveBackground: token("--text-2"),
  };
}

/** xterm.js reads no oklch: a canvas knows what a colour is in sRGB. */
function rgb(color: string): string {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!context) return "#808080";
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = context.getImageData(0, 0, 1, 1).data;
  return `#${[r, g, b].map((n) => n.toString(16).padStart(2, "0")).join("")}`;
}

/** Calls fn whenever the page's theme has changed, until the returned function is called. */
export function onTheme(root: HTMLElement, fn: () => void): () => void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const observer = new MutationObserver(fn);
  observer.observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  dark.addEventListener("change", fn);
  return () => {
    observer.disconnect();
    dark.removeEventListener("change", fn);
  };
}
