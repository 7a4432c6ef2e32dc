/** How far a row's metrics can be trusted. */
export type Freshness = "fresh" | "stale" | "lost";

export const LOST_MS = 30_000;

/**
 * Fresh until three ticks were missed (and a quarter of one, for the way), then
 * stale, and lost after 30 s: rates mean nothing any more, sizes are last known.
 */
export function freshness(ageMs: number, tickMs: number): Freshness {
  if (ageMs > Math.max(LOST_MS, 3.25 * tickMs)) return "lost";
  return ageMs > 3.25 * tickMs ? "stale" : "fresh";
}
