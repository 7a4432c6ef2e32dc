import type { EngineStatus, ServerStatus } from "../../api/types.gen";
import type { ConnectionState } from "../../transport/connection";
import type { Quality } from "../../transport/quality";

export interface DiagnosticsInput {
  state: ConnectionState;
  quality: Quality;
  engines: readonly EngineStatus[];
  server: ServerStatus | null;
  browser: string;
  time: string;
}

/**
 * What somebody who helps wants to know. No token, no address of the page (its
 * fragment once held one), no names of containers, no host of an engine.
 */
export function diagnostics(i: DiagnosticsInput): string {
  const { rtts: _, ...counts } = i.quality;
  return JSON.stringify(
    {
      time: i.time,
      browser: i.browser,
      link: {
        phase: i.state.phase,
        transport: i.state.transport,
        attempt: i.state.attempt,
        rttMs: i.state.rtt,
        reason: i.state.reason,
      },
      quality: counts,
      server: i.server,
      engines: i.engines.map(engineFacts),
    },
    null,
    2,
  );
}

function engineFacts(e: EngineStatus) {
  return {
    id: e.id,
    version: e.version,
    apiVersion: e.apiVersion,
    os: e.os,
    arch: e.arch,
    origin: e.origin,
    state: e.state,
    since: e.since,
    errorCode: e.errorCode,
    demo: e.demo,
    metricsSource: e.metricsSource,
    metricsReason: e.metricsReason,
    cgroup: `${e.cgroupVersion} ${e.cgroupDriver}`,
    rttSeconds: e.rttSeconds,
    clockOffsetSeconds: e.clockOffsetSeconds,
    resyncs: e.resyncs,
  };
}
