/**
 * The connection's state, and what can happen to it. machine.ts moves it.
 */
import type { TroubleKind } from "./trouble";

/**
 * - idle: nobody wants a connection
 * - connecting: the first attempt, or the first view is on its way: there is nothing to catch up with
 * - syncing: connected again, the view is being caught up
 * - live, slow: caught up; slow is a round trip over SLOW_RTT_MS three times running
 * - silent: was live or slow, and nothing came for LIVE_INTERVALS; the watchdog's time isn't over
 * - polling: the WebSocket can't be had, HTTP works
 * - reconnecting: lost or refused; retryAt is the next attempt, null while one is under way
 * - offline: the same, after OFFLINE_AFTER_MS of failing, or at once where the browser says so
 * - signin, update, closed: never retried by itself (closed: another connection
 *   of this client took over, or the server refused what we said)
 */
export type LinkPhase =
  | "idle"
  | "connecting"
  | "syncing"
  | "live"
  | "slow"
  | "silent"
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

/** The polls: one at a time, each with a number, so that a late answer is known for one. */
export interface PollState {
  readonly id: number;
  /** When the poll under way was sent, null while there is none. */
  readonly askedAt: number | null;
  /** When the next one is due, null while none is waited for. */
  readonly dueAt: number | null;
  /** When the last answer came. */
  readonly answeredAt: number;
  /** The interval as it has adapted to what the polls bring. */
  readonly everyMs: number;
  /** How long the last one took: a slow server or network is not asked at once again. */
  readonly tookMs: number;
  /** Whether metrics are on screen: they get old quickly. */
  readonly metrics: boolean;
}

export interface LinkState {
  readonly phase: LinkPhase;
  readonly transport: TransportName;
  /** Counts sockets: what another generation's socket still says is ignored. */
  readonly generation: number;
  /** Whether the socket of this generation is opening or open. */
  readonly socket: "none" | "opening" | "open";
  /** The socket is a probe: it is tried in the background while polls carry the data. */
  readonly probing: boolean;
  /** Whether the server has accepted us on this socket. */
  readonly welcomed: boolean;
  readonly welcomedAt: number;
  /** Whether there has been a whole view, ever. */
  readonly viewed: boolean;
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
  /** The browser says there is no network: a frame until then proves it wrong. */
  readonly doubtUntil: number | null;
  readonly nextPingAt: number | null;
  readonly pingSeq: number;
  /** The ping that has not been answered: its number and when it was sent. */
  readonly pending: { readonly n: number; readonly at: number } | null;
  /** Answered heartbeats on this socket. */
  readonly beats: number;
  /** Round trips over the limit (positive) or under it (negative) in a row. */
  readonly slowRun: number;
  readonly reason: LinkReason | null;
  /** Sockets in a row that ended before they were healthy. */
  readonly refused: number;
  /** When sockets stalled, within STALL_WINDOW_MS. */
  readonly stalls: readonly number[];
  /** Why polling is what the user wants; null lets the machine choose. */
  readonly forced: string | null;
  /** Why it polls, or will if that works. */
  readonly why: string | null;
  /** Nobody sees the page. */
  readonly hidden: boolean;
  /** The browser says that this device has no network. */
  readonly offline: boolean;
  readonly poll: PollState;
  /** When the WebSocket is tried next while polling. */
  readonly probeAt: number | null;
  /** Probes in a row that failed: they get rarer. */
  readonly probes: number;
  /** After a promotion the phase stays "polling" until then, so that nothing flickers. */
  readonly quietUntil: number | null;
}

export type LinkEvent =
  | { readonly type: "connect" }
  | { readonly type: "disconnect" }
  /** The user's "Retry now", or a sign-in that worked. */
  | { readonly type: "retry" }
  /** Poll, for this reason; or, with null, as the machine sees fit. */
  | { readonly type: "force"; readonly why: string | null }
  | { readonly type: "opened"; readonly generation: number }
  | { readonly type: "closed"; readonly generation: number; readonly code: number; readonly text: string }
  /** Any frame at all; comes before the events for what is in it. */
  | { readonly type: "frame"; readonly generation: number }
  | { readonly type: "welcome"; readonly generation: number; readonly heartbeatMs: number }
  | { readonly type: "pong"; readonly generation: number; readonly n: number }
  /** The server's ping, which is being answered. */
  | { readonly type: "asked"; readonly generation: number }
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
  /** A poll was answered. changed: with more than metrics; again: something did not fit, and is asked for anew. */
  | {
      readonly type: "polled";
      readonly id: number;
      readonly ms: number;
      readonly changed: boolean;
      readonly again: boolean;
    }
  | {
      readonly type: "pollFailed";
      readonly id: number;
      /** The HTTP status, 0 where there was no answer. */
      readonly code: number;
      readonly text: string;
      readonly link?: boolean;
    }
  /** Which metrics are on screen has changed. */
  | { readonly type: "watch"; readonly metrics: boolean }
  | { readonly type: "tick" }
  /** The network came back, or went; the page became visible, or hidden; it runs again after it was frozen. */
  | { readonly type: "online" }
  | { readonly type: "offline" }
  | { readonly type: "visible" }
  | { readonly type: "hidden" }
  | { readonly type: "wake" };

export type Effect =
  /** Authenticate if there is a token to exchange, then open a socket. */
  | { readonly type: "open"; readonly generation: number }
  /** Say hello and subscribe. */
  | { readonly type: "greet"; readonly generation: number }
  /** Say hello, and no more: a probe. */
  | { readonly type: "hello"; readonly generation: number }
  /** The probe carries the data from now on: subscribe from where the polls have come to. */
  | { readonly type: "promote"; readonly generation: number }
  | { readonly type: "close"; readonly generation: number; readonly code: number; readonly text: string }
  | { readonly type: "ping"; readonly generation: number; readonly n: number }
  | { readonly type: "poll"; readonly id: number }
  /** Ask over HTTP whether the session is still valid. */
  | { readonly type: "checkSession"; readonly generation: number }
  /** What carried the data does so no longer; polling: polls will. */
  | { readonly type: "dropped" }
  /** A healthy link was lost: remember when. */
  | { readonly type: "lost" }
  /** The page has slept: nothing is known of how the clocks went. */
  | { readonly type: "woke" }
  | { readonly type: "count"; readonly what: "reconnect" | "stall" | "missedBeat" | "poll" | "probe" }
  | { readonly type: "rtt"; readonly ms: number }
  | { readonly type: "trouble"; readonly what: TroubleKind; readonly detail: string }
  /** The troubles of that kind are over. */
  | { readonly type: "over"; readonly what: readonly TroubleKind[] };

/** A step of the machine, and what is to be done. */
export interface Step {
  readonly state: LinkState;
  readonly effects: readonly Effect[];
}

export const SLOW_RTT_MS = 500;
export const SLOW_RUN = 3;
export const OFFLINE_AFTER_MS = 60_000;
export const OPEN_TIMEOUT_MS = 10_000;
/** The first attempts get less: where a WebSocket hangs, polls are to run within ten seconds. */
export const EAGER_TIMEOUT_MS = 3_000;
export const DEFAULT_HEARTBEAT_MS = 2_000;
/** No frame for so many intervals: it can't be called live any more. */
export const LIVE_INTERVALS = 2;
/** No frame for so many intervals: the socket is abandoned. */
export const WATCHDOG_INTERVALS = 2.5;
/** A gap between ticks of more intervals than this is a sleep or a stalled page. */
export const WAKE_INTERVALS = 2;
/** Our ping goes with the answer to the server's where it is due within so many intervals, and then waits so much longer for the next of those. */
export const TOGETHER_INTERVALS = 0.5;
export const ALONE_INTERVALS = 0.25;
/** Heartbeats after welcome that make a link healthy and reset the backoff. */
export const HEALTHY_BEATS = 2;

/** So many sockets in a row that came to nothing, or stalls within a minute, and it polls. */
export const REFUSALS = 2;
export const STALLS = 3;
export const STALL_WINDOW_MS = 60_000;
export const POLL_MIN_MS = 1_000;
export const POLL_MAX_MS = 10_000;
/** With metrics on screen; the server goes on sampling what was polled in the last five seconds. */
export const POLL_METRICS_MS = 2_000;
export const POLL_HIDDEN_MS = 30_000;
/** Later than the client's own deadline, which is the one that is met but for a page that was frozen. */
export const POLL_TIMEOUT_MS = 20_000;
/** A poll that is older than this when the network or the page comes back is asked again. */
export const POLL_STALE_MS = 2_000;
export const PROBE_MIN_MS = 15_000;
export const PROBE_MAX_MS = 120_000;
/** A socket that lived so long makes the next probes frequent again. */
export const PROBE_RESET_MS = 60_000;
/** Without a network: how often it is tried all the same, since browsers err, and how long a frame may take to prove it. */
export const NO_NETWORK_RETRY_MS = 5_000;
export const NO_NETWORK_DOUBT_MS = 1_500;
/** How long a promoted socket may take to catch up before the page says so. */
export const QUIET_MS = 1_000;

export const WHY_REFUSED = "The WebSocket was refused twice";
export const WHY_STALLED = "The connection stalled three times in a minute";
export const WHY_TRYING = "The WebSocket is being tried";
export const WHY_NOT_YET = "The WebSocket was refused";

export function initialLink(now: number): LinkState {
  return {
    phase: "idle",
    transport: "websocket",
    generation: 0,
    socket: "none",
    probing: false,
    welcomed: false,
    welcomedAt: now,
    viewed: false,
    since: now,
    attempt: 0,
    failingSince: null,
    retryAt: null,
    openBy: null,
    heartbeatMs: DEFAULT_HEARTBEAT_MS,
    lastFrameAt: now,
    lastTickAt: now,
    graceUntil: null,
    doubtUntil: null,
    nextPingAt: null,
    pingSeq: 0,
    pending: null,
    beats: 0,
    slowRun: 0,
    reason: null,
    refused: 0,
    stalls: [],
    forced: null,
    why: null,
    hidden: false,
    offline: false,
    poll: {
      id: 0,
      askedAt: null,
      dueAt: null,
      answeredAt: now,
      everyMs: POLL_MIN_MS,
      tookMs: 0,
      metrics: false,
    },
    probeAt: null,
    probes: 0,
    quietUntil: null,
  };
}

/** Whether the page is caught up, and hears of what happens over the socket. */
export function isUp(state: LinkState): boolean {
  return state.phase === "live" || state.phase === "slow";
}

/** When the machine next needs a tick; null when only an event can move it. */
export function nextTickAt(state: LinkState): number | null {
  const { poll } = state;
  let due = Number.POSITIVE_INFINITY;
  const at = (t: number | null) => {
    if (t !== null && t < due) due = t;
  };
  at(state.retryAt);
  at(state.openBy);
  at(state.graceUntil);
  at(state.doubtUntil);
  at(state.nextPingAt);
  at(state.probeAt);
  at(state.quietUntil);
  at(poll.dueAt);
  at(poll.askedAt === null ? null : poll.askedAt + POLL_TIMEOUT_MS);
  if (state.welcomed && state.graceUntil === null) {
    const intervals = isUp(state) ? LIVE_INTERVALS : WATCHDOG_INTERVALS;
    at(state.lastFrameAt + intervals * state.heartbeatMs + 1);
  }
  return due === Number.POSITIVE_INFINITY ? null : due;
}
