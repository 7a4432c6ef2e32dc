/**
 * By how many lines what the user looks at has moved, so that the scroll
 * position can follow it. Visible lines that moved by themselves (a container
 * whose state is the sort key) must not drag the view along, so the answer is
 * the median of all visible lines' moves; lines that are gone have no vote.
 * A preferred line (the one in focus) decides alone.
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
  if (moves.length === 0) return 0;
  moves.sort((a, b) => a - b);
  return moves[(moves.length - 1) >> 1] ?? 0;
}
