import type { EngineStatus } from "../../api/types.gen";
import { formatMillis } from "../../components/format/duration";
import { formatHourMinute, parseTime } from "../../components/format/time";
import { Facts } from "./Facts";

const STATES: Record<EngineStatus["state"], string> = {
  connected: "Connected",
  connecting: "Connecting…",
  unreachable: "Unreachable",
};

/** The hop from Quaywatch to an engine. */
export function EngineFacts({ engine: e, lastKnown }: { engine: EngineStatus; lastKnown: boolean }) {
  return (
    <Facts
      title={`Quaywatch to ${e.name || "Docker"}`}
      note={lastKnown ? "last known" : ""}
      facts={[
        ["State", STATES[e.state]],
        ["Since", formatHourMinute(parseTime(e.since))],
        ["Round trip", e.rttSeconds === null ? "—" : formatMillis(e.rttSeconds * 1000)],
        ["Clock offset", e.clockOffsetSeconds === null ? "—" : formatMillis(e.clockOffsetSeconds * 1000)],
        ["Resyncs", e.resyncs, "How often everything was listed anew, to be sure"],
        ["Metrics", e.metricsSource || "—", e.metricsReason],
      ]}
    />
  );
}
