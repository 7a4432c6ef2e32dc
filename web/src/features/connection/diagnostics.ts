import type { EngineStatus, ServerStatus } from "../../api/types.gen";
import type { Quality } from "../../transport/quality";
import type { ConnectionState } from "../../transport/sink";
import type { Trouble } from "../../transport/trouble";
import { troubleLine } from "./troubleText";

export interface DiagnosticsInput {
  state: ConnectionState;
  quality: Quality;
  engines: readonly EngineStatus[];
  server: ServerStatus | null;
  trouble: readonly Trouble[];
  browser: string;
  time: string;
}

/** The newest entries of the trouble log that go along. */
const TROUBLES = 30;

/**
 * What somebody who helps wants to know. No token, no address of the page (its
 * fragment once held one), no names of containers, no host of an engine.
 */
export function diagnostics(i: DiagnosticsInput): string {
  const { rtts, ...counts } = i.quality;
  const { reason } = i.state;
  return JSON.stringify(
    {
      time: i.time,
      browser: i.browser,
      link: {
        phase: i.state.phase,
        transport: i.state.transport,
        why: scrubbed(i.state.why),
        attempt: i.state.attempt,
        pollEveryMs: i.state.pollEveryMs,
        rttMs: i.state.rtt,
        reason: reason && { code: reason.code, text: scrubbed(reason.text) },
      },
      quality: counts,
      lastRoundTripsMs: rtts.map((ms) => Math.round(ms * 10) / 10).join(" "),
      server: i.server,
      engines: i.engines.map(engineFacts),
      trouble: i.trouble.slice(-TROUBLES).map((t) => scrubbed(troubleLine(t))),
    },
    null,
    2,
  );
}

/**
 * scrubbed takes out what sentences of browsers and servers might quote: tokens,
 * addresses with all that hangs on them, and what is passed as name=value.
 */
export function scrubbed<T extends string | null>(text: T): T | string {
  if (text === null) return text;
  return text
    .replaceAll(/\b(?:https?|wss?|unix|tcp|ssh):\/\/[^\s"'<>]+/gi, "[address]")
    .replaceAll(/\bqw_[a-z0-9]+/gi, "[token]")
    .replaceAll(/\b(Bearer|Basic)\s+\S+/gi, "$1 [removed]")
    .replaceAll(/([\w-]*(?:token|ticket|password|secret|key|cookie)[\w-]*["']?\s*[=:]\s*)[^\s,;&"']+/gi, "$1[removed]");
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
    metricsReason: scrubbed(e.metricsReason),
    cgroup: `${e.cgroupVersion} ${e.cgroupDriver}`,
    rttSeconds: e.rttSeconds,
    clockOffsetSeconds: e.clockOffsetSeconds,
    resyncs: e.resyncs,
  };
}
