import { formatDuration, formatMillis } from "../../components/format/duration";
import { formatClock, formatExact } from "../../components/format/time";
import type { Trouble, TroubleKind } from "../../transport/trouble";

export const TROUBLE_WORDS: Record<TroubleKind, string> = {
  lost: "Connection lost",
  stalled: "Connection went silent",
  refused: "No connection",
  polling: "Polling",
  websocket: "WebSocket again",
  gap: "Changes missed",
  resync: "Started over",
  engine: "Docker unreachable",
  offline: "Offline",
  signin: "Signed out",
  update: "Update needed",
  superseded: "Taken over",
};

/** How long it lasted, or how often it came; empty for what is a moment. */
export function lastedText(t: Trouble): string {
  const parts: string[] = [];
  if (t.times !== undefined) parts.push(`×${t.times}`);
  if (t.until !== undefined) {
    const ms = t.until - t.at;
    if (ms < 1_000) parts.push(formatMillis(ms));
    else parts.push(ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : formatDuration(ms));
  }
  return parts.join(" · ");
}

/** Day and month of an entry that is not of today, for the heading above it; now is this machine's clock. */
export function dayText(at: number, now: number): string {
  const day = dayOf(at);
  if (day === dayOf(now)) return "Today";
  return day === dayOf(now - 24 * 60 * 60 * 1000) ? "Yesterday" : day;
}

function dayOf(ms: number): string {
  return formatExact(ms).slice(0, 10);
}

export function troubleTime(t: Trouble): string {
  return formatClock(t.at);
}

/** An entry as a line of text, for copying. */
export function troubleLine(t: Trouble): string {
  const lasted = lastedText(t);
  return `${formatExact(t.at)}  ${TROUBLE_WORDS[t.what]}${lasted === "" ? "" : ` (${lasted})`}: ${t.detail}`;
}
