/** How much is shown: of the past until now, or around a moment (moment.ts). */
export type Range = "1m" | "5m" | "15m" | "1h" | "6h" | "24h" | "7d" | "30d";

/** Those until now. */
export const RANGES = ["1m", "5m", "15m", "1h"] as const satisfies readonly Range[];

/** Those further back than the memory: they are read from the history, and stand still. */
export const FURTHER = ["6h", "24h", "7d", "30d"] as const satisfies readonly Range[];

export const RANGE_MS: Record<Range, number> = {
  "1m": 60_000,
  "5m": 300_000,
  "15m": 900_000,
  "1h": 3_600_000,
  "6h": 21_600_000,
  "24h": 86_400_000,
  "7d": 604_800_000,
  "30d": 2_592_000_000,
};

export const RANGE_WORDS: Record<Range, string> = {
  "1m": "1 minute",
  "5m": "5 minutes",
  "15m": "15 minutes",
  "1h": "1 hour",
  "6h": "6 hours",
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
};

/** "5 m": as a button has it. */
export function rangeText(range: Range): string {
  return range.replace(/\D/, " $&");
}
