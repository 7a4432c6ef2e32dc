/** How many containers there are, or how many of them pass the filter. */
export function shownText(shown: number, total: number): string {
  if (shown !== total) return `${shown} of ${total}`;
  return total === 1 ? "1 container" : `${total} containers`;
}
