/** Times that the list is narrowed to, in words. Pure. */
import { dayText } from "../../../components/format/day";
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

/** What <input type="datetime-local"> takes: local time. */
export function localInput(text: string): string {
  const at = Date.parse(text);
  if (Number.isNaN(at)) return "";
  const d = new Date(at);
  const pad = (n: number) => String(n).padStart(2, "0");
  return `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}T${formatClock(at)}`;
}
