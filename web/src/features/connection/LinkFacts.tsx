import { formatMillis } from "../../components/format/duration";
import { formatBytes, formatRate, quantityText, threeDigits } from "../../components/format/quantity";
import { Sparkline } from "../../components/Sparkline";
import { shellOf } from "../../components/shell";
import type { Quality } from "../../transport/quality";
import type { ConnectionState } from "../../transport/sink";
import { Facts } from "./Facts";

/** "WebSocket · Tauri plugin" in the desktop app. */
const webSocket = () => ["WebSocket", shellOf()?.carrier].filter(Boolean).join(" · ");
const millis = (ms: number | null) => formatMillis(ms ?? Number.NaN);

/** The hop from this page to Quaywatch: how fast, how much, and what went wrong. */
export function LinkFacts({ transport, quality: q }: { transport: ConnectionState["transport"]; quality: Quality }) {
  return (
    <Facts
      title="This page to Quaywatch"
      note={transport === "websocket" ? webSocket() : "Polling over HTTP"}
      facts={[
        ["Round trip p50", millis(q.rttP50)],
        ["Round trip p95", millis(q.rttP95)],
        ["Jitter", millis(q.jitter), "Mean difference between one round trip and the next"],
        ["Missed beats", q.missedBeats, "Heartbeats that were not answered in time"],
        ["Messages", `${threeDigits(q.messagesPerSecond)} /s`, `${q.messages} in all`],
        ["Received", quantityText(formatRate(q.bytesPerSecond)), `${quantityText(formatBytes(q.bytes))} in all`],
        ["Reconnects", q.reconnects],
        ["Stalls", q.stalls, "Connections that said nothing any more and were given up"],
        ["Gaps", q.gaps, "Changes that did not follow on what was here, and were fetched anew"],
        ["Resyncs", q.resyncs, "Times the server started a topic over, because this page was too slow"],
        ["Coalesced", q.coalesced, "Changes that came merged into a later one: nothing is missing"],
        ["Skipped", q.skipped, "Ticks of the metrics that were left out because this page was not ready for them"],
        ...(q.polls > 0 || transport === "polling"
          ? ([
              ["Polls", q.polls, "Requests made while there was no WebSocket"],
              ["Probes", q.probes, "Attempts to get the WebSocket back"],
            ] as const)
          : []),
      ]}
    >
      <div className="mb-2 rounded border border-line bg-surface-0 p-2 [&>canvas]:max-w-full">
        <Sparkline
          values={q.rtts}
          width={348}
          height={36}
          label={`The last ${q.rtts.length} round trips: p50 ${millis(q.rttP50)}, p95 ${millis(q.rttP95)}`}
        />
      </div>
    </Facts>
  );
}
