const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * A length of time in at most two units, the way somebody would say it. It
 * changes no more often than its smallest unit does, so that a column of
 * uptimes stands still.
 */
export function formatDuration(ms: number): string {
  if (Number.isNaN(ms)) return "—";
  const t = Math.max(0, ms);
  if (t < MINUTE) return `${Math.floor(t / SECOND)} s`;
  if (t < HOUR) return `${Math.floor(t / MINUTE)} min`;
  if (t < DAY) return two(t, HOUR, "h", MINUTE, "min");
  return two(t, DAY, "d", HOUR, "h");
}

function two(t: number, big: number, bigUnit: string, small: number, smallUnit: string): string {
  const b = Math.floor(t / big);
  const s = Math.floor((t % big) / small);
  // From ten on, nobody asks for the rest.
  return s === 0 || b >= 10 ? `${b} ${bigUnit}` : `${b} ${bigUnit} ${s} ${smallUnit}`;
}

/** How long ago something was: in one unit, because nobody needs two. */
export function formatAgo(ms: number): string {
  if (Number.isNaN(ms)) return "—";
  if (ms < SECOND) return "now";
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s ago`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ago`;
  return `${Math.floor(ms / DAY)} d ago`;
}

/** A round trip, which is worth a decimal only while it is small. */
export function formatMillis(ms: number): string {
  if (Number.isNaN(ms)) return "—";
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 10_000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(1)} s`;
}
