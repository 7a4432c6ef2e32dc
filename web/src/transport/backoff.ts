/** A source of numbers in [0, 1), as Math.random. */
export type Random = () => number;

export const BACKOFF_MIN_MS = 500;
export const BACKOFF_MAX_MS = 15_000;

/**
 * Full-jitter exponential backoff: the wait before attempt n + 1 is spread evenly
 * over 0.5 s up to a ceiling that doubles from 1 s to 15 s, so that a thousand
 * pages that lost one server do not come back in step. The same policy as the
 * Go client's.
 */
export function backoff(attempt: number, random: Random): number {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** Math.min(attempt + 1, 16));
  return BACKOFF_MIN_MS + random() * (ceiling - BACKOFF_MIN_MS);
}
