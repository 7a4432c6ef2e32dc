import type { EngineStatus } from "../../api/types.gen";
import { formatMillis } from "../../components/format/duration";
import { formatClock, formatHourMinute, parseTime } from "../../components/format/time";
import type { ConnectionState } from "../../transport/connection";

export type PillState =
  | "connecting"
  | "live"
  | "slow"
  | "silent"
  | "syncing"
  | "polling"
  | "reconnecting"
  | "engine-down"
  | "offline"
  | "signin"
  | "update"
  | "closed";

export type PillTone = "good" | "warn" | "bad" | "busy" | "ask";

/** What the user can do about it, beside the pill. */
export type PillAction = "retry" | "connect" | "take-over" | "reload";

export interface PillView {
  state: PillState;
  tone: PillTone;
  text: string;
  /** When the next attempt is made, by this machine's clock; null when there is nothing to count down to. */
  retryAt: number | null;
  /** Said once when the state changes: nothing in it changes within a state. Empty for what goes without saying. */
  announcement: string;
  action: PillAction | null;
}

type Link = Pick<ConnectionState, "phase" | "rtt" | "retryAt" | "lastFrameAt" | "pollEveryMs" | "reason">;

/** Another connection with this page's identity has taken over. */
const SUPERSEDED = 4409;

/**
 * What the pill says. An engine that does not answer is a state of its own,
 * shown only while the link to Quaywatch works: without it, nothing is known of
 * the engine.
 */
export function pillView(link: Link, engines: readonly EngineStatus[]): PillView {
  const view = linkView(link);
  const down = engines.filter((e) => e.state === "unreachable");
  return isUp(view.state) && down.length > 0 ? engineView(down, engines.length) : view;
}

/** isUp says whether the page is caught up, by whichever transport, and hears so. */
export function isUp(state: PillState): boolean {
  return state === "live" || state === "slow" || state === "polling" || state === "engine-down";
}

function engineView(down: readonly EngineStatus[], all: number): PillView {
  const since = Math.min(...down.map((e) => parseTime(e.since)));
  const which = all === 1 ? "Docker" : down.length === 1 ? `Docker on ${down[0]?.name}` : `${down.length} engines`;
  return plain("engine-down", "bad", `${which} unreachable · since ${formatHourMinute(since)}`);
}

/** What the pill would say of the link alone. */
export function linkView(link: Link): PillView {
  switch (link.phase) {
    case "idle":
      return { ...plain("closed", "ask", "Disconnected"), action: "connect" };
    case "connecting":
      return { ...plain("connecting", "busy", "Connecting…"), announcement: "" };
    case "live":
      return { ...plain("live", "good", withRtt("Live", link.rtt)), announcement: "Live" };
    case "slow":
      return {
        ...plain("slow", "warn", link.rtt === null ? "Live · slow" : `Live · slow (${formatMillis(link.rtt)})`),
        announcement: "Live, but slow",
      };
    case "silent":
      // Live again or lost within a second: that is then said.
      return { ...plain("silent", "warn", `No answer${since(link.lastFrameAt, "since")}`), announcement: "" };
    case "syncing":
      // It passes into another state by itself, which is then said.
      return { ...plain("syncing", "busy", "Catching up…"), announcement: "" };
    case "polling":
      return { ...plain("polling", "warn", pollingText(link.pollEveryMs)), announcement: "No WebSocket. Polling" };
    case "reconnecting":
      return {
        ...plain("reconnecting", "warn", link.retryAt === null ? "Reconnecting…" : "Reconnecting"),
        retryAt: link.retryAt,
        announcement: "Connection lost. Reconnecting",
        action: "retry",
      };
    case "offline":
      return { ...plain("offline", "bad", `Offline${since(link.lastFrameAt, "· data from")}`), action: "retry" };
    case "signin":
      return plain("signin", "ask", "Sign in again");
    case "update":
      return { ...plain("update", "ask", "Reload to update"), action: "reload" };
    case "closed":
      return {
        ...plain("closed", "ask", "Disconnected"),
        action: link.reason?.code === SUPERSEDED ? "take-over" : "connect",
      };
  }
}

function plain(state: PillState, tone: PillTone, text: string): PillView {
  return { state, tone, text, retryAt: null, announcement: text, action: null };
}

/** When something last came, behind a word that says so. */
function since(at: number | null, word: string): string {
  return at === null ? "" : ` ${word} ${formatClock(at)}`;
}

function withRtt(text: string, rtt: number | null): string {
  return rtt === null ? text : `${text} · ${Math.max(1, Math.round(rtt))} ms`;
}

function pollingText(everyMs: number | null): string {
  return everyMs === null ? "Polling" : `Polling every ${Math.max(1, Math.round(everyMs / 1000))} s`;
}

/** How long until the next attempt; "…" while it is under way. */
export function countdownText(at: number, nowMs: number): string {
  const seconds = Math.ceil((at - nowMs) / 1000);
  return seconds > 0 ? ` in ${seconds} s` : "…";
}
