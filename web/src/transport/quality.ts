import type { ServerMessage } from "../api/messages";
import type { Clock } from "../lib/clock";

/** The connection's quality, as its popover shows it. Durations are milliseconds. */
export interface Quality {
  /** The last round trips, oldest first, at most RTT_WINDOW of them. */
  readonly rtts: readonly number[];
  readonly rttP50: number | null;
  readonly rttP95: number | null;
  /** The mean difference between one round trip and the next. */
  readonly jitter: number | null;
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
  /** The rest count since the page was loaded. */
  readonly messages: number;
  readonly bytes: number;
  readonly reconnects: number;
  readonly gaps: number;
  readonly resyncs: number;
  readonly missedBeats: number;
  readonly stalls: number;
  /** Messages that could not be understood and were left out. */
  readonly malformed: number;
  /** Changes that came merged into a later one, and ticks of the metrics that were left out: the server's word. */
  readonly coalesced: number;
  readonly skipped: number;
  /** Requests made while there was no WebSocket, and attempts to get one back. */
  readonly polls: number;
  readonly probes: number;
}

/** How many round trips the series holds. */
export const RTT_WINDOW = 60;
const RATE_SECONDS = 5;

type Counter =
  | "reconnects"
  | "gaps"
  | "resyncs"
  | "missedBeats"
  | "stalls"
  | "malformed"
  | "coalesced"
  | "skipped"
  | "polls"
  | "probes";

/** Counts what passes. Bounded: a window of round trips, a few seconds of rates. */
export class QualityMeter {
  readonly #clock: Clock;
  readonly #rtts: number[] = [];
  #seconds: { at: number; messages: number; bytes: number }[] = [];
  #messages = 0;
  #bytes = 0;
  /** What the server has told of this connection so far. */
  #told = { coalesced: 0, skipped: 0 };
  readonly #counts: Record<Counter, number> = {
    reconnects: 0,
    gaps: 0,
    resyncs: 0,
    missedBeats: 0,
    stalls: 0,
    malformed: 0,
    coalesced: 0,
    skipped: 0,
    polls: 0,
    probes: 0,
  };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  frame(bytes: number, messages: number): void {
    this.#bytes += bytes;
    this.#messages += messages;
    const at = Math.floor(this.#clock.now() / 1000);
    const last = this.#seconds.at(-1);
    if (last?.at === at) {
      last.messages += messages;
      last.bytes += bytes;
    } else {
      this.#seconds.push({ at, messages, bytes });
      this.#seconds = this.#seconds.filter((s) => s.at > at - RATE_SECONDS - 1 && s.at <= at);
    }
  }

  /** What the server merged and left out: its pings count it for the connection, we for the page. */
  received(messages: readonly ServerMessage[]): void {
    for (const m of messages) {
      if (m.type === "welcome") this.#told = { coalesced: 0, skipped: 0 };
      else if (m.type === "ping") {
        this.#tell("coalesced", m.coalesced ?? 0);
        this.#tell("skipped", m.skipped ?? 0);
      }
    }
  }

  #tell(what: "coalesced" | "skipped", sofar: number): void {
    this.count(what, Math.max(0, sofar - this.#told[what]));
    this.#told[what] = sofar;
  }

  rtt(ms: number): void {
    this.#rtts.push(ms);
    if (this.#rtts.length > RTT_WINDOW) this.#rtts.shift();
  }

  count(what: Counter, by = 1): void {
    this.#counts[what] += by;
  }

  snapshot(): Quality {
    const sorted = [...this.#rtts].sort((a, b) => a - b);
    // The running second is left out: it isn't over.
    const second = Math.floor(this.#clock.now() / 1000);
    const whole = this.#seconds.filter((s) => s.at >= second - RATE_SECONDS && s.at < second);
    const rate = (pick: (s: { messages: number; bytes: number }) => number) =>
      whole.reduce((sum, s) => sum + pick(s), 0) / RATE_SECONDS;
    return {
      rtts: [...this.#rtts],
      rttP50: quantile(sorted, 0.5),
      rttP95: quantile(sorted, 0.95),
      jitter: jitter(this.#rtts),
      messagesPerSecond: rate((s) => s.messages),
      bytesPerSecond: rate((s) => s.bytes),
      messages: this.#messages,
      bytes: this.#bytes,
      ...this.#counts,
    };
  }
}

/** quantile by nearest rank; null of nothing. */
export function quantile(sorted: readonly number[], q: number): number | null {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? null;
}

function jitter(rtts: readonly number[]): number | null {
  if (rtts.length < 2) return null;
  let sum = 0;
  for (let i = 1; i < rtts.length; i++) sum += Math.abs((rtts[i] ?? 0) - (rtts[i - 1] ?? 0));
  return sum / (rtts.length - 1);
}
