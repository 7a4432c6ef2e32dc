import type { EngineStatus } from "../../api/types.gen";
import { formatMillis } from "../../components/format/duration";
import { formatClock, formatHourMinute, parseTime } from "../../components/format/time";
import type { ConnectionState } from "../../transport/connection";

export type PillState =
  | "connecting"
  | "live"
  | "slow"
  | "syncing"
  | "polling"
  | "reconnecting"
  | "engine-down"
  | "offline"
  | "signin"
  | "update"
  | "closed";

export type PillTone = "good" | "warn" | "bad" | "busy" | "ask";

export interface PillView {
  state: PillState;
  tone: PillTone;
  text: string;
  /** When the next attempt is made, by this machine's clock; null when there is nothing to count down to. */
  retryAt: number | null;
  /** Said once when the state changes: nothing in it changes within a state. */
  announcement: string;
  canRetry: boolean;
}

type Link = Pick<ConnectionState, "phase" | "rtt" | "retryAt" | "lastFrameAt" | "pollEveryMs">;

/**
 * What the pill says. An engine that does not answer is a state of its own,
 * shown only while the link to Quaywatch works: without it, nothing is known of
 * the engine.
 */
export function pillView(link: Link, engines: readonly EngineStatus[]): PillView {
  const view = linkView(link);
  const up = view.state === "live" || view.state === "slow";
  const down = engines.filter((e) => e.state === "unreachable");
  return up && down.length > 0 ? engineView(down, engines.length) : view;
}

function engineView(down: readonly EngineStatus[], all: number): PillView {
  const since = Math.min(...down.map((e) => parseTime(e.since)));
  const which = all === 1 ? "Docker" : down.length === 1 ? `Docker on ${down[0]?.name}` : `${down.length} engines`;
  const text = `${which} unreachable · since ${formatHourMinute(since)}`;
  return { state: "engine-down", tone: "bad", text, retryAt: null, announcement: text, canRetry: false };
}

function linkView(link: Link): PillView {
  switch (link.phase) {
    case "idle":
    case "connecting":
      return plain("connecting", "busy", "Connecting…");
    case "live":
      return { ...plain("live", "good", withRtt("Live", link.rtt)), announcement: "Live" };
    case "slow":
      return {
        ...plain("slow", "warn", link.rtt === null ? "Live · slow" : `Live · slow (${formatMillis(link.rtt)})`),
        announcement: "Live, but slow",
      };
    case "syncing":
      return plain("syncing", "busy", "Catching up…");
    case "polling": {
      const every = link.pollEveryMs === null ? "" : ` every ${Math.max(1, Math.round(link.pollEveryMs / 1000))} s`;
      return { ...plain("polling", "warn", `Polling${every}`), announcement: "Polling" };
    }
    case "reconnecting":
      return {
        ...plain("reconnecting", "warn", link.retryAt === null ? "Reconnecting…" : "Reconnecting"),
        retryAt: link.retryAt,
        announcement: "Connection lost. Reconnecting",
        canRetry: link.retryAt !== null,
      };
    case "offline": {
      const at = link.lastFrameAt === null ? "" : ` · data from ${formatClock(link.lastFrameAt)}`;
      return { ...plain("offline", "bad", `Offline${at}`), canRetry: true };
    }
    case "signin":
      return plain("signin", "ask", "Sign in again");
    case "update":
      return plain("update", "ask", "Reload to update");
    case "closed":
      return { ...plain("closed", "ask", "Disconnected"), canRetry: true };
  }
}

function plain(state: PillState, tone: PillTone, text: string): PillView {
  return { state, tone, text, retryAt: null, announcement: text, canRetry: false };
}

function withRtt(text: string, rtt: number | null): string {
  return rtt === null ? text : `${text} · ${Math.max(1, Math.round(rtt))} ms`;
}

/** How long until the next attempt; "…" while it is under way. */
export function countdownText(retryAt: number, nowMs: number): string {
  const seconds = Math.ceil((retryAt - nowMs) / 1000);
  return seconds > 0 ? ` in ${seconds} s` : "…";
}
