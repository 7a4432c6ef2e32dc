/** A line of a grid: something with a key, or a heading with its members under it. */
export interface GridLine {
  readonly key: string;
  readonly members?: readonly { readonly key: string }[];
  /** Of a heading: its members are not lines of their own now. */
  readonly collapsed?: boolean;
}

/** What the lines stand for, headings left out; the members of those that are folded too. */
export function shownKeys(lines: readonly GridLine[]): string[] {
  return lines.flatMap((l) => {
    if (l.members === undefined) return [l.key];
    return l.collapsed ? l.members.map((m) => m.key) : [];
  });
}
