/**
 * The connection's state, and what can happen to it. machine.ts moves it.
 */

/**
 * - idle: nobody wants a connection
 * - connecting: the first attempt, nothing has worked yet
 * - syncing: connected, the view is being caught up
 * - live, slow: caught up; slow is a round trip over SLOW_RTT_MS three times running
 * - polling: the WebSocket can't be had, HTTP works
 * - reconnecting: lost or refused; retryAt is the next attempt, null while one is under way
 * - offline: the same, after OFFLINE_AFTER_MS of failing
 * - signin, update, closed: never retried by itself (closed: another connection
 *   of this client took over, or the server refused what we said)
 */
export type LinkPhase =
  | "idle"
  | "connecting"
  | "syncing"
  | "live"
  | "slow"
  | "polling"
  | "reconnecting"
  | "offline"
  | "signin"
  | "update"
  | "closed";

/** How the data travels. */
export type TransportName = "websocket" | "polling";

/** Why the link is not up: a close code (1006 for a socket that just died) and a sentence. */
export interface LinkReason {
  /** The token of the link that was opened is what the server refused. */
  readonly link?: boolean;
  readonly code: number;
  readonly text: string;
}

export interface LinkState {
  readonly phase: LinkPhase;
  readonly transport: TransportName;
  /** Counts sockets: what another generation's socket still says is ignored. */
  readonly generation: number;
  /** Whether the socket of this generation is opening or open. */
  readonly socket: "none" | "opening" | "open";
  /** Whether the server has accepted us on this socket. */
  readonly welcomed: boolean;
  /** When the phase was entered. */
  readonly since: number;
  /** Failed attempts since the link was last healthy. */
  readonly attempt: number;
  /** When the failing began, null while nothing fails. */
  readonly failingSince: number | null;
  readonly retryAt: number | null;
  /** When an opening socket is given up. */
  readonly openBy: number | null;
  readonly heartbeatMs: number;
  /** When a frame last came on this socket. */
  readonly lastFrameAt: number;
  readonly lastTickAt: number;
  /** After a wake the queued frames get until then before the socket is abandoned. */
  readonly graceUntil: number | null;
  readonly nextPingAt: number | null;
  readonly pingSeq: number;
  /** The ping that has not been answered: its number and when it was sent. */
  readonly pending: { readonly n: number; readonly at: number } | null;
  /** Answered heartbeats on this socket. */
  readonly beats: number;
  /** Round trips over the limit (positive) or under it (negative) in a row. */
  readonly slowRun: number;
  readonly reason: LinkReason | null;
}

export type LinkEvent =
  | { readonly type: "connect" }
  | { readonly type: "disconnect" }
  /** The user's "Retry now", or a sign-in that worked. */
  | { readonly type: "retry" }
  | { readonly type: "opened"; readonly generation: number }
  | { readonly type: "closed"; readonly generation: number; readonly code: number; readonly text: string }
  /** Any frame at all; comes before the events for what is in it. */
  | { readonly type: "frame"; readonly generation: number }
  | { readonly type: "welcome"; readonly generation: number; readonly heartbeatMs: number }
  | { readonly type: "pong"; readonly generation: number; readonly n: number }
  /** Every topic stands where the server said it would. */
  | { readonly type: "synced"; readonly generation: number }
  /** A topic has to be fetched again. */
  | { readonly type: "desynced"; readonly generation: number }
  /** The session is not valid, learned from HTTP: a refused upgrade tells a page nothing. */
  | {
      readonly type: "unauthorized";
      readonly generation: number;
      readonly code: number;
      readonly text: string;
      readonly link?: boolean;
    }
  | { readonly type: "tick" }
  /** The network came back, the page became visible. */
  | { readonly type: "online" }
  | { readonly type: "visible" };

export type Effect =
  /** Authenticate if there is a token to exchange, then open a socket. */
  | { readonly type: "open"; readonly generation: number }
  /** Say hello and subscribe. */
  | { readonly type: "greet"; readonly generation: number }
  | { readonly type: "close"; readonly generation: number; readonly code: number; readonly text: string }
  | { readonly type: "ping"; readonly generation: number; readonly n: number }
  /** Ask over HTTP whether the session is still valid. */
  | { readonly type: "checkSession"; readonly generation: number }
  /** A healthy link was lost: remember when. */
  | { readonly type: "lost" }
  | { readonly type: "count"; readonly what: "reconnect" | "stall" | "missedBeat" }
  | { readonly type: "rtt"; readonly ms: number };

export const SLOW_RTT_MS = 500;
export const SLOW_RUN = 3;
export const OFFLINE_AFTER_MS = 60_000;
export const OPEN_TIMEOUT_MS = 10_000;
export const DEFAULT_HEARTBEAT_MS = 2_000;
/** No frame for so many intervals: the socket is abandoned. */
export const WATCHDOG_INTERVALS = 2.5;
/** A gap between ticks of more intervals than this is a sleep or a stalled page. */
export const WAKE_INTERVALS = 2;
/** Heartbeats after welcome that make a link healthy and reset the backoff. */
export const HEALTHY_BEATS = 2;

export function initialLink(now: number): LinkState {
  return {
    phase: "idle",
    transport: "websocket",
    generation: 0,
    socket: "none",
    welcomed: false,
    since: now,
    attempt: 0,
    failingSince: null,
    retryAt: null,
    openBy: null,
    heartbeatMs: DEFAULT_HEARTBEAT_MS,
    lastFrameAt: now,
    lastTickAt: now,
    graceUntil: null,
    nextPingAt: null,
    pingSeq: 0,
    pending: null,
    beats: 0,
    slowRun: 0,
    reason: null,
  };
}

/** When the machine next needs a tick; null when only an event can move it. */
export function nextTickAt(state: LinkState): number | null {
  const due: number[] = [];
  if (state.retryAt !== null) due.push(state.retryAt);
  if (state.openBy !== null) due.push(state.openBy);
  if (state.graceUntil !== null) due.push(state.graceUntil);
  if (state.nextPingAt !== null) due.push(state.nextPingAt);
  if (state.welcomed && state.graceUntil === null) {
    due.push(state.lastFrameAt + WATCHDOG_INTERVALS * state.heartbeatMs + 1);
  }
  return due.length === 0 ? null : Math.min(...due);
}
