/** Days in the viewer's zone; by hand, as in time.ts. */
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** 23 Nov, with the year where that is another one. */
export function dayText(ms: number, now = Date.now()): string {
  const d = new Date(ms);
  const year = d.getFullYear() === new Date(now).getFullYear() ? "" : ` ${d.getFullYear()}`;
  return `${d.getDate()} ${MONTHS[d.getMonth()]}${year}`;
}

/** Today, Yesterday, or the day of the week, and the date. */
export function dayWord(ms: number, now: number): string {
  const days = Math.round((startOfDay(now) - startOfDay(ms)) / 86_400_000);
  const word = days === 0 ? "Today" : days === 1 ? "Yesterday" : DAYS[new Date(ms).getDay()];
  return `${word}, ${dayText(ms, now)}`;
}

export function startOfDay(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0);
}

export function sameDay(a: number, b: number): boolean {
  return startOfDay(a) === startOfDay(b);
}
