/**
 * Clock times in the viewer's zone. Written by hand rather than with Intl: a
 * browser whose locale is "C" reports a language that Intl refuses.
 */
function pad(n: number, width = 2): string {
  return n.toString().padStart(width, "0");
}

/** 14:02 */
export function formatHourMinute(ms: number): string {
  const d = new Date(ms);
  return `${pad(d.getHours())}:${pad(d.getMinutes())}`;
}

/** 14:02:07 */
export function formatClock(ms: number): string {
  const d = new Date(ms);
  return `${formatHourMinute(ms)}:${pad(d.getSeconds())}`;
}

/** 2026-11-23 14:02:07.250 +01:00 */
export function formatExact(ms: number): string {
  if (Number.isNaN(ms)) return "time not known";
  const d = new Date(ms);
  const offset = -d.getTimezoneOffset();
  const sign = offset < 0 ? "-" : "+";
  const zone = `${sign}${pad(Math.floor(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`;
  const day = `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}`;
  return `${day} ${formatClock(ms)}.${pad(d.getMilliseconds(), 3)} ${zone}`;
}

/** Milliseconds since 1970 of a wire time, NaN when it is not known. */
export function parseTime(time: string | null | undefined): number {
  return time ? Date.parse(time) : Number.NaN;
}
