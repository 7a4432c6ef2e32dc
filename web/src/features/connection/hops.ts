import type { EngineStatus } from "../../api/types.gen";
import type { PillState } from "./pillView";

/** A round trip to the engine that is worth a remark: it is usually a local socket. */
const SLOW_ENGINE_SECONDS = 0.5;

/** Which of the two hops is bad, in a sentence. */
export function hopVerdict(state: PillState, engines: readonly EngineStatus[]): string {
  switch (state) {
    case "engine-down":
      return "This page reaches Quaywatch, but Quaywatch does not reach the engine. What stands here is last known.";
    case "slow":
      return "The way from this browser to Quaywatch is slow. Values arrive late, but none is lost.";
    case "connecting":
    case "reconnecting":
    case "offline":
      return "This browser does not reach Quaywatch. The engine may well be fine; what stands here is last known.";
    case "polling":
      return "No WebSocket gets through from this browser to Quaywatch, so the page asks every few seconds. It is right, only later.";
    case "syncing":
      return "Connected again; what happened meanwhile is being fetched.";
    case "signin":
      return "Quaywatch does not know this browser any more.";
    case "update":
      return "Quaywatch was updated and speaks a newer protocol than this page.";
    case "closed":
      return "Quaywatch has closed this connection and asked not to be called again.";
    case "live": {
      const slow = engines.find((e) => (e.rttSeconds ?? 0) > SLOW_ENGINE_SECONDS);
      return slow ? `The way from Quaywatch to ${slow.name} is slow.` : "Both hops are fine.";
    }
  }
}
