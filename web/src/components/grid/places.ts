/** A column's room: its least width in pixels, and its share of what is left. */
export interface Track {
  min: number;
  grow: number;
}

/** Where a column stands in a row, as CSS: pixels and a share of the row's width. */
export type Place = {
  insetInlineStart: string;
  width: string;
};

/** The vertical scroll bar, where it takes room: nobody knows before there is one. */
const SCROLLBAR = 16;

/**
 * places puts columns side by side as a grid of minmax(min, grow fr) would. Cells
 * that stand by themselves are why: a new figure in a cell of a grid costs the
 * browser half as much again, because the grid has its say each time. Shares are
 * of the row's real width, so that a scroll bar or a resize needs nothing of us.
 */
export function places(tracks: readonly Track[], width: number, padding: number, lead = 0): Place[] {
  const total = tracks.reduce((sum, t) => sum + t.min, 0);
  const room = Math.max(width - SCROLLBAR - 2 * padding - lead, total);
  // A track whose share is less than its least width has that; the others share the rest.
  const fixed = new Set<Track>();
  let taken = 0;
  let shares = tracks.reduce((sum, t) => sum + t.grow, 0);
  for (let again = true; again; ) {
    again = false;
    for (const t of tracks) {
      if (fixed.has(t) || (t.grow / shares) * (room - taken) >= t.min) continue;
      fixed.add(t);
      taken += t.min;
      shares -= t.grow;
      again = true;
    }
  }
  let px = padding + lead;
  let percent = 0;
  return tracks.map((t) => {
    const share = fixed.has(t) ? 0 : t.grow / shares;
    const size = { px: fixed.has(t) ? t.min : -share * (taken + 2 * padding + lead), percent: share * 100 };
    const place = { insetInlineStart: calc(px, percent), width: calc(size.px, size.percent) };
    px += size.px;
    percent += size.percent;
    return place;
  });
}

function calc(px: number, percent: number): string {
  return `calc(${round(px)}px + ${round(percent)}%)`;
}

function round(x: number): number {
  return Math.round(x * 1000) / 1000;
}
