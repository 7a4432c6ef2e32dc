import { Popover } from "@base-ui/react/popover";
import { CopyButton } from "../../components/CopyButton";
import { formatMillis } from "../../components/format/duration";
import { formatBytes, formatRate, quantityText, threeDigits } from "../../components/format/quantity";
import { formatHourMinute, parseTime } from "../../components/format/time";
import { Sparkline } from "../../components/Sparkline";
import { useConnection, useServer } from "../../store/hooks";
import { diagnostics } from "./diagnostics";
import { Facts } from "./Facts";
import { hopVerdict } from "./hops";
import { type PillState, pillView } from "./pillView";

const millis = (ms: number | null) => formatMillis(ms ?? Number.NaN);
const percent = (p: number | null) => (p === null ? "—" : p === 0 ? "0 %" : `${threeDigits(p)} %`);

/** All there is to know about the two hops, and what watching costs. */
export function ConnectionPopover() {
  const { state, quality: q, engines } = useConnection();
  const view = pillView(state, engines);
  const { server } = useServer();
  const text = () =>
    diagnostics({ state, quality: q, engines, server, browser: navigator.userAgent, time: new Date().toISOString() });
  return (
    <>
      <div className="px-4 pt-3 pb-2">
        <Popover.Title className="text-base font-semibold">{view.text}</Popover.Title>
        <Popover.Description className="text-sm text-text-2">{hopVerdict(view.state, engines)}</Popover.Description>
        {state.reason && <p className="mt-1 text-sm text-text-2 wrap-anywhere">{reasonText(state.reason)}</p>}
      </div>
      <Facts
        title="Browser to Quaywatch"
        note={state.transport === "websocket" ? "WebSocket" : state.transport}
        facts={[
          ["Round trip p50", millis(q.rttP50)],
          ["Round trip p95", millis(q.rttP95)],
          ["Jitter", millis(q.jitter), "Mean difference between one round trip and the next"],
          ["Missed beats", q.missedBeats, "Heartbeats that were not answered in time"],
          ["Messages", `${threeDigits(q.messagesPerSecond)} /s`],
          ["Received", quantityText(formatRate(q.bytesPerSecond)), `${quantityText(formatBytes(q.bytes))} in all`],
          ["Reconnects", q.reconnects],
          ["Gaps", q.gaps, "Changes that did not follow on what was here, and were fetched anew"],
          ["Resyncs", q.resyncs, "Times the server started a topic over, because this page was too slow"],
          ["Coalesced", q.coalesced, "Changes that came merged into a later one, and ticks of the metrics left out"],
          ["Stalls", q.stalls, "Connections that said nothing any more and were given up"],
        ]}
      >
        <div className="mb-2 rounded border border-line bg-surface-0 p-2">
          <Sparkline
            values={q.rtts}
            width={332}
            height={36}
            label={`Round trips of the last minutes: p50 ${millis(q.rttP50)}, p95 ${millis(q.rttP95)}`}
          />
        </div>
      </Facts>
      {engines.map((e) => (
        <Facts
          key={e.id}
          title="Quaywatch to engine"
          note={linkUp(view.state) ? e.name : `${e.name} · last known`}
          facts={[
            ["State", e.state === "connected" ? "Connected" : e.state === "connecting" ? "Connecting…" : "Unreachable"],
            ["Since", formatHourMinute(parseTime(e.since))],
            ["Round trip", millis(e.rttSeconds === null ? null : e.rttSeconds * 1000)],
            ["Clock offset", millis(e.clockOffsetSeconds === null ? null : e.clockOffsetSeconds * 1000)],
            ["Relists", e.resyncs, "How often everything was listed anew, to be sure"],
            ["Metrics", e.metricsSource || "—", e.metricsReason],
          ]}
        />
      ))}
      {server && (
        <Facts
          title="What watching costs"
          facts={[
            ["Quaywatch CPU", percent(server.cpuPercent), "Of one core"],
            ["Memory", quantityText(formatBytes(server.memoryBytes ?? Number.NaN))],
            ["Engine CPU", percent(server.engineCpuPercent), "What Quaywatch causes in the engine, of one core"],
            [
              "Sampling",
              `${server.sampleSeconds} s / ${server.sampleRestSeconds} s`,
              "Containers on screen / all others",
            ],
          ]}
        />
      )}
      <div className="flex items-center justify-between border-t border-line px-4 py-2.5">
        <span className="text-sm text-text-3">Quaywatch {server?.version ?? ""}</span>
        <CopyButton label="Copy diagnostics" text={text} />
      </div>
    </>
  );
}

function linkUp(state: PillState): boolean {
  return state === "live" || state === "slow" || state === "engine-down" || state === "syncing";
}

function reasonText(reason: { code: number; text: string }): string {
  const code = reason.code === 0 ? "" : ` (${reason.code})`;
  return reason.text === "" ? `The connection ended${code}.` : `${reason.text}${code}`;
}
