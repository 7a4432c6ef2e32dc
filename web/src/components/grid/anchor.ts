/**
 * By how many lines what the user looks at has moved, so that the scroll
 * position can follow it: the move of the first visible line that is still
 * there, as in a browser's own anchoring. A line that moved by itself (a
 * container whose state is the sort key) must not drag the view along, so the
 * next line has to have moved alike. The line in focus, while it is on screen,
 * decides alone.
 */
export function anchorShift(
  visible: readonly string[],
  firstIndex: number,
  indexOf: (key: string) => number | undefined,
  preferred?: string | null,
): number {
  if (preferred) {
    const at = visible.indexOf(preferred);
    const to = at < 0 ? undefined : indexOf(preferred);
    if (to !== undefined) return to - (firstIndex + at);
  }
  const moves: number[] = [];
  for (let i = 0; i < visible.length; i++) {
    const to = indexOf(visible[i] as string);
    if (to !== undefined) moves.push(to - (firstIndex + i));
  }
  return moves.find((move, i) => move === moves[i + 1]) ?? moves[0] ?? 0;
}
