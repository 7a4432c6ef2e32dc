/** How the sources of a view are told apart: a short name, and a hue that is the same every time. */
export interface Labelled {
  readonly labels: readonly string[];
  /** Degrees of oklch. */
  readonly hues: readonly number[];
  /** The longest label in characters, within bounds. */
  readonly width: number;
}

const MAX_WIDTH = 24;
/** Hues far enough apart to be told from one another, none of them the red of stderr. */
const HUES = [250, 150, 320, 85, 200, 285, 115, 355, 55, 175, 225, 135] as const;

/** sourceLabels shortens names by what they all begin with: the project's. */
export function sourceLabels(names: readonly string[]): Labelled {
  const prefix = names.length > 1 ? commonPrefix(names) : "";
  const labels = names.map((n) => n.slice(prefix.length));
  const taken = new Set<number>();
  const hues = names.map((name) => {
    // The name's own hue; the next free one where another has it already.
    let i = hash(name) % HUES.length;
    for (let n = 0; n < HUES.length && taken.has(i) && taken.size < HUES.length; n++) i = (i + 1) % HUES.length;
    taken.add(i);
    return HUES[i] ?? 0;
  });
  return { labels, hues, width: Math.min(MAX_WIDTH, Math.max(4, ...labels.map((l) => l.length))) };
}

/** Up to and with the last - or _ that all names share, where something is left of each. */
function commonPrefix(names: readonly string[]): string {
  let prefix = names[0] ?? "";
  for (const name of names) while (!name.startsWith(prefix)) prefix = prefix.slice(0, -1);
  const end = Math.max(prefix.lastIndexOf("-"), prefix.lastIndexOf("_")) + 1;
  return names.every((n) => n.length > end) ? prefix.slice(0, end) : "";
}

/** FNV-1a. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
