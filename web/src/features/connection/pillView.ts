import type { EngineStatus } from "../../api/types.gen";
import { formatMillis } from "../../components/format/duration";
import { formatClock, formatHourMinute, parseTime } from "../../components/format/time";
import type { ConnectionState } from "../../transport/connection";

export type PillState =
  | "connecting"
  | "live"
  | "slow"
  | "syncing"
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
  /** Changes every second, so it is not for screen readers. */
  countdown: string;
  /** Said once when the state changes: nothing in it changes within a state. */
  announcement: string;
  canRetry: boolean;
}

type Link = Pick<ConnectionState, "phase" | "rtt" | "retryAt" | "lastFrameAt">;

/**
 * What the pill says. An engine that does not answer is a state of its own,
 * shown only while the link to Quaywatch works: without it, nothing is known of
 * the engine. nowMs is this machine's clock, as retryAt is.
 */
export function pillView(link: Link, engines: readonly EngineStatus[], nowMs: number): PillView {
  const view = linkView(link, nowMs);
  const up = view.state === "live" || view.state === "slow";
  const down = engines.filter((e) => e.state === "unreachable");
  return up && down.length > 0 ? engineView(down, engines.length) : view;
}

function engineView(down: readonly EngineStatus[], all: number): PillView {
  const since = Math.min(...down.map((e) => parseTime(e.since)));
  const which = all === 1 ? "Docker" : down.length === 1 ? `Docker on ${down[0]?.name}` : `${down.length} engines`;
  const text = `${which} unreachable · since ${formatHourMinute(since)}`;
  return { state: "engine-down", tone: "bad", text, countdown: "", announcement: text, canRetry: false };
}

function linkView(link: Link, nowMs: number): PillView {
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
    case "reconnecting":
      return {
        ...plain("reconnecting", "warn", "Reconnecting"),
        countdown: countdown(link.retryAt, nowMs),
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
  return { state, tone, text, countdown: "", announcement: text, canRetry: false };
}

function withRtt(text: string, rtt: number | null): string {
  return rtt === null ? text : `${text} · ${Math.max(1, Math.round(rtt))} ms`;
}

function countdown(retryAt: number | null, nowMs: number): string {
  if (retryAt === null) return "…";
  const seconds = Math.ceil((retryAt - nowMs) / 1000);
  return seconds > 0 ? ` in ${seconds} s` : "…";
}
