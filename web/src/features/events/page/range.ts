/** Times that the list is narrowed to, in words. Pure. */
import { formatClock, formatHourMinute } from "../../../components/format/time";
import type { EventQuery } from "./query";

export const PRESETS = [
  { since: "", word: "Any time" },
  { since: "15m", word: "Last 15 minutes" },
  { since: "1h", word: "Last hour" },
  { since: "6h", word: "Last 6 hours" },
  { since: "24h", word: "Last 24 hours" },
  { since: "7d", word: "Last 7 days" },
  { since: "30d", word: "Last 30 days" },
] as const;

/** "" where the time is not narrowed. */
export function rangeWord(q: EventQuery): string {
  if (q.around !== "") return `Around ${dayText(Date.parse(q.around))} ${formatClock(Date.parse(q.around))}`;
  if (q.until === "") {
    if (q.since === "") return "";
    return PRESETS.find((p) => p.since === q.since)?.word ?? `Since ${momentWord(q.since)}`;
  }
  return q.since === "" ? `Until ${momentWord(q.until)}` : `${momentWord(q.since)} to ${momentWord(q.until)}`;
}

function momentWord(text: string): string {
  const at = Date.parse(text);
  return Number.isNaN(at) ? `${text} ago` : `${dayText(at)} ${formatHourMinute(at)}`;
}

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

/** What <input type="datetime-local"> takes: local time. */
export function localInput(text: string): string {
  const at = Date.parse(text);
  if (Number.isNaN(at)) return "";
  const d = new Date(at);
  const pad = (n: number) => String(n).padStart(2, "0");
  return `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}T${formatClock(at)}`;
}
