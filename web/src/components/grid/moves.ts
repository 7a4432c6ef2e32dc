/** Where a key leads from a line, or null if it leads nowhere. */
export function moveTo(key: string, index: number, count: number, page: number): number | null {
  switch (key) {
    case "ArrowDown":
      return index + 1;
    case "ArrowUp":
      return index - 1;
    case "PageDown":
      return index + page;
    case "PageUp":
      return index - page;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

/** The index of a key, looked for first where it was: most changes move nothing. */
export function indexNear(lines: readonly { key: string }[], key: string, at: number): number {
  if (lines[at]?.key === key) return at;
  return lines.findIndex((l) => l.key === key);
}
