/** The two hops from this page to the engine, and which of them is bad. */
import type { EngineStatus } from "../../api/types.gen";
import { formatMillis } from "../../components/format/duration";
import type { ConnectionState } from "../../transport/connection";
import { isUp, type PillState } from "./pillView";

/** A round trip to the engine that is worth a remark: it is usually a local socket. */
const SLOW_ENGINE_SECONDS = 0.5;

export type HopTone = "good" | "warn" | "bad" | "unknown";

export interface Hop {
  tone: HopTone;
  /** The last round trip; empty when there is none. */
  time: string;
  /** How it is, in a word or two. */
  word: string;
}

/** From this page to Quaywatch; state is the link's own, without the engine. */
export function pageHop(state: PillState, rtt: number | null): Hop {
  const time = rtt === null ? "" : formatMillis(rtt);
  switch (state) {
    case "live":
      return { tone: "good", time, word: "fine" };
    case "slow":
      return { tone: "warn", time, word: "slow" };
    case "syncing":
      return { tone: "warn", time, word: "catching up" };
    case "polling":
      return { tone: "warn", time, word: "polling" };
    case "silent":
      return { tone: "warn", time: "", word: "silent" };
    case "connecting":
      return { tone: "unknown", time: "", word: "connecting" };
    case "reconnecting":
    case "offline":
      return { tone: "bad", time: "", word: "no answer" };
    default:
      return { tone: "bad", time: "", word: "closed" };
  }
}

/** From Quaywatch to an engine, as far as it is known here. */
export function engineHop(e: EngineStatus, state: PillState): Hop {
  const time = e.rttSeconds === null ? "" : formatMillis(e.rttSeconds * 1000);
  if (!isUp(state) && state !== "syncing") return { tone: "unknown", time, word: "last known" };
  if (e.state === "unreachable") return { tone: "bad", time: "", word: "no answer" };
  if (e.state === "connecting") return { tone: "warn", time: "", word: "connecting" };
  return (e.rttSeconds ?? 0) > SLOW_ENGINE_SECONDS
    ? { tone: "warn", time, word: "slow" }
    : { tone: "good", time, word: "fine" };
}

/** Which of the two hops is bad, in a sentence or two. */
export function hopVerdict(
  state: PillState,
  engines: readonly EngineStatus[],
  why: ConnectionState["why"] = null,
): string {
  switch (state) {
    case "engine-down":
      return "This page reaches Quaywatch, but Quaywatch does not reach the engine. What stands here is last known.";
    case "slow":
      return "The way from this page to Quaywatch is slow. Values arrive late, but none is lost.";
    case "silent":
      return "Nothing has come from Quaywatch for two heartbeats. If nothing comes soon, this page connects anew.";
    case "connecting":
      return "This page is connecting to Quaywatch, and has not seen the engine yet.";
    case "reconnecting":
    case "offline":
      return "This page does not reach Quaywatch. The engine may well be fine; what stands here is last known.";
    case "polling":
      return `${why ?? "No WebSocket gets through to Quaywatch"}. So this page asks every few seconds: it is right, only later.`;
    case "syncing":
      return "Connected again; what happened meanwhile is being fetched.";
    case "signin":
      return "Quaywatch does not know this browser any more.";
    case "update":
      return "Quaywatch was updated and speaks a newer protocol than this page.";
    case "closed":
      return "This page is not connected, and does not try by itself. What stands here is last known.";
    case "live": {
      const slow = engines.find((e) => (e.rttSeconds ?? 0) > SLOW_ENGINE_SECONDS);
      return slow ? `The way from Quaywatch to ${slow.name} is slow.` : "Both hops are fine.";
    }
  }
}
