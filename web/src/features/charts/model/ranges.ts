/** How much of the past is shown. */
export const RANGES = ["1m", "5m", "15m", "1h"] as const;
export type Range = (typeof RANGES)[number];

export const RANGE_MS: Record<Range, number> = { "1m": 60_000, "5m": 300_000, "15m": 900_000, "1h": 3_600_000 };

export const RANGE_WORDS: Record<Range, string> = {
  "1m": "1 minute",
  "5m": "5 minutes",
  "15m": "15 minutes",
  "1h": "1 hour",
};
