/**
 * The connection as a pure state machine: (state, event, now) → state, effects.
 *
 * It knows no socket, timer, React or wall clock: `now` is monotonic
 * milliseconds, randomness comes in with the call, and what is to be done goes
 * out as effects for connection.ts. Whether an engine answers is no business of
 * the link: that is data (topic system).
 */
import { backoff, type Random } from "./backoff";
import {
  type Effect,
  HEALTHY_BEATS,
  type LinkEvent,
  type LinkPhase,
  type LinkReason,
  type LinkState,
  OFFLINE_AFTER_MS,
  OPEN_TIMEOUT_MS,
  SLOW_RTT_MS,
  SLOW_RUN,
  WAKE_INTERVALS,
  WATCHDOG_INTERVALS,
} from "./link";

export interface Step {
  readonly state: LinkState;
  readonly effects: readonly Effect[];
}

/** One step of the machine. */
export function step(state: LinkState, event: LinkEvent, now: number, random: Random): Step {
  if ("generation" in event && !concerns(state, event)) return { state, effects: [] };
  switch (event.type) {
    case "connect":
      return state.phase === "idle" ? attempt(enter(state, "connecting", now), now) : { state, effects: [] };
    case "disconnect":
      return disconnect(state, now);
    case "retry":
      return retry(state, now);
    case "opened":
      return {
        state: { ...state, socket: "open", lastFrameAt: now },
        effects: [{ type: "greet", generation: state.generation }],
      };
    case "closed":
      return closed(state, event.code, event.text, now, random);
    case "unauthorized":
      if (state.phase === "idle") return { state, effects: [] };
      return stopAt(state, "signin", refusal(event), now);
    case "frame":
      return { state: { ...state, lastFrameAt: now, graceUntil: null }, effects: [] };
    case "welcome":
      return welcome(state, event.heartbeatMs, now);
    case "pong":
      return pong(state, event.n, now);
    case "synced":
      return { state: state.phase === "syncing" ? enter(state, upPhase(state), now) : state, effects: [] };
    case "desynced":
      return { state: isUp(state) ? enter(state, "syncing", now) : state, effects: [] };
    case "tick":
      return tick(state, now, random);
    case "online":
      return state.socket === "opening" ? again(state, now) : awaken(state, now);
    case "visible":
      return awaken(state, now);
  }
}

/** concerns is false for what a socket says that was given up, and for answers that come too late. */
function concerns(state: LinkState, event: LinkEvent & { readonly generation: number }): boolean {
  if (event.generation !== state.generation) return false;
  // HTTP's word on the session comes after its socket is gone.
  return state.socket !== "none" || event.type === "unauthorized";
}

function refusal(event: LinkEvent & { readonly type: "unauthorized" }): LinkReason {
  const { code, text, link } = event;
  return link ? { code, text, link } : { code, text };
}

function enter(state: LinkState, phase: LinkPhase, now: number): LinkState {
  return state.phase === phase ? state : { ...state, phase, since: now };
}

function isUp(state: LinkState): boolean {
  return state.phase === "live" || state.phase === "slow";
}

function upPhase(state: LinkState): LinkPhase {
  return state.slowRun >= SLOW_RUN ? "slow" : "live";
}

/** attempt opens the next generation's socket; the phase stays what it is. */
function attempt(state: LinkState, now: number): Step {
  const generation = state.generation + 1;
  return {
    state: {
      ...state,
      generation,
      socket: "opening",
      welcomed: false,
      retryAt: null,
      openBy: now + OPEN_TIMEOUT_MS,
      lastFrameAt: now,
      graceUntil: null,
      nextPingAt: null,
      pending: null,
      beats: 0,
      slowRun: 0,
    },
    effects: [{ type: "open", generation }],
  };
}

function down(state: LinkState): LinkState {
  return {
    ...state,
    socket: "none",
    welcomed: false,
    openBy: null,
    graceUntil: null,
    nextPingAt: null,
    pending: null,
    slowRun: 0,
  };
}

function lost(state: LinkState): Effect[] {
  return state.welcomed ? [{ type: "lost" }] : [];
}

/** stopAt ends in a phase that is left only by the user. */
function stopAt(state: LinkState, phase: "signin" | "update" | "closed", reason: LinkReason, now: number): Step {
  const effects = lost(state);
  if (state.socket !== "none") {
    effects.push({ type: "close", generation: state.generation, code: 1000, text: "" });
  }
  return { state: { ...enter(down(state), phase, now), retryAt: null, failingSince: null, reason }, effects };
}

function disconnect(state: LinkState, now: number): Step {
  const effects = lost(state);
  if (state.socket !== "none") {
    effects.push({ type: "close", generation: state.generation, code: 1000, text: "bye" });
  }
  const next = enter(down(state), "idle", now);
  return { state: { ...next, retryAt: null, attempt: 0, failingSince: null, reason: null }, effects };
}

function retry(state: LinkState, now: number): Step {
  switch (state.phase) {
    case "reconnecting":
    case "offline":
      return state.socket === "none" ? attempt(state, now) : { state, effects: [] };
    case "signin":
    case "update":
    case "closed":
      return attempt({ ...enter(state, "connecting", now), attempt: 0, reason: null }, now);
    default:
      return { state, effects: [] };
  }
}

/** fail waits for the next attempt, at once the first time after a healthy link. */
function fail(state: LinkState, reason: LinkReason, now: number, random: Random, delay?: number): Step {
  const failingSince = state.failingSince ?? now;
  const phase = now - failingSince >= OFFLINE_AFTER_MS ? "offline" : "reconnecting";
  const wait = delay ?? backoff(state.attempt, random);
  const effects = lost(state);
  effects.push({ type: "count", what: "reconnect" });
  const next = enter(down(state), phase, now);
  return { state: { ...next, attempt: state.attempt + 1, failingSince, retryAt: now + wait, reason }, effects };
}

function closed(state: LinkState, code: number, text: string, now: number, random: Random): Step {
  const reason = { code, text };
  // The socket is gone: nothing is left to close.
  const gone: LinkState = { ...state, socket: "none" };
  if (code === 4401 || code === 4403) return stopAt(gone, "signin", reason, now);
  if (code === 4406) return stopAt(gone, "update", reason, now);
  if (code >= 4400 && code < 4500) return stopAt(gone, "closed", reason, now);
  const next = fail(state, reason, now, random);
  if (state.welcomed) return next;
  // A refused upgrade looks like any dead socket: HTTP can tell them apart.
  return { ...next, effects: [...next.effects, { type: "checkSession", generation: state.generation }] };
}

function welcome(state: LinkState, heartbeatMs: number, now: number): Step {
  const n = state.pingSeq + 1;
  return {
    state: {
      ...enter(state, "syncing", now),
      welcomed: true,
      openBy: null,
      heartbeatMs,
      pingSeq: n,
      pending: { n, at: now },
      // The ping that goes out with the welcome measures; it proves no health.
      beats: -1,
      nextPingAt: now + heartbeatMs,
      reason: null,
    },
    effects: [{ type: "ping", generation: state.generation, n }],
  };
}

function pong(state: LinkState, n: number, now: number): Step {
  if (state.pending?.n !== n) return { state, effects: [] };
  const ms = Math.max(0, now - state.pending.at);
  const beats = state.beats + 1;
  const healthy = beats >= HEALTHY_BEATS;
  const next = roundTrip(
    {
      ...state,
      pending: null,
      beats,
      attempt: healthy ? 0 : state.attempt,
      failingSince: healthy ? null : state.failingSince,
    },
    ms > SLOW_RTT_MS,
    now,
  );
  return { state: next, effects: [{ type: "rtt", ms }] };
}

/** roundTrip counts slow and quick ones: three in a row change the phase, either way. */
function roundTrip(state: LinkState, slow: boolean, now: number): LinkState {
  const slowRun = slow ? Math.max(0, state.slowRun) + 1 : Math.min(0, state.slowRun) - 1;
  const next = { ...state, slowRun };
  if (next.phase === "live" && slowRun >= SLOW_RUN) return enter(next, "slow", now);
  if (next.phase === "slow" && slowRun <= -SLOW_RUN) return enter(next, "live", now);
  return next;
}

function tick(before: LinkState, now: number, random: Random): Step {
  const state: LinkState = { ...rebase(before, now), lastTickAt: now };
  const slept = now - before.lastTickAt > WAKE_INTERVALS * state.heartbeatMs;
  if (state.phase === "reconnecting" || state.phase === "offline") {
    const failing = now - (state.failingSince ?? now) >= OFFLINE_AFTER_MS;
    return tickDown(failing ? enter(state, "offline", now) : state, slept, now, random);
  }
  if (state.socket === "none") return { state, effects: [] };
  return state.welcomed ? tickUp(state, slept, now, random) : tickOpening(state, now, random);
}

/**
 * rebase takes every instant along when the clock went backwards, so that such
 * a jump neither fires nor blocks anything. (A monotonic clock doesn't; browsers
 * have had theirs do it after a sleep.)
 */
function rebase(state: LinkState, now: number): LinkState {
  const by = now - state.lastTickAt;
  if (by >= 0) return state;
  const move = (t: number | null) => (t === null ? null : t + by);
  return {
    ...state,
    since: state.since + by,
    lastFrameAt: Math.min(now, state.lastFrameAt + by),
    failingSince: move(state.failingSince),
    retryAt: move(state.retryAt),
    openBy: move(state.openBy),
    graceUntil: move(state.graceUntil),
    nextPingAt: move(state.nextPingAt),
    pending: state.pending === null ? null : { n: state.pending.n, at: state.pending.at + by },
  };
}

function tickDown(state: LinkState, slept: boolean, now: number, random: Random): Step {
  if (state.socket !== "none") return tickOpening(state, now, random);
  if (slept || state.retryAt === null || now >= state.retryAt) return attempt(state, now);
  return { state, effects: [] };
}

function tickOpening(state: LinkState, now: number, random: Random): Step {
  if (state.openBy === null || now < state.openBy) return { state, effects: [] };
  return abandon(state, "the server did not answer", now, random);
}

function tickUp(state: LinkState, slept: boolean, now: number, random: Random): Step {
  const silent = now - state.lastFrameAt > WATCHDOG_INTERVALS * state.heartbeatMs;
  if (silent) {
    // What came during a stall of this page stands in its queue behind this
    // very tick: one interval's grace before the socket is called dead.
    if (slept && state.graceUntil === null) {
      return sendPing({ ...state, graceUntil: now + state.heartbeatMs, pending: null }, now, []);
    }
    if (state.graceUntil !== null && now < state.graceUntil) return { state, effects: [] };
    const given = abandon(state, "nothing came from the server", now, random, 0);
    return { ...given, effects: [{ type: "count", what: "stall" }, ...given.effects] };
  }
  if (state.nextPingAt === null || now < state.nextPingAt) return { state, effects: [] };
  if (state.pending === null) return sendPing(state, now, []);
  // The last ping has no answer after a whole interval: that is a slow round
  // trip whose length isn't known yet.
  const missed = roundTrip(state, state.heartbeatMs > SLOW_RTT_MS, now);
  return sendPing(missed, now, [{ type: "count", what: "missedBeat" }]);
}

function sendPing(state: LinkState, now: number, before: readonly Effect[]): Step {
  const n = state.pingSeq + 1;
  return {
    state: { ...state, pingSeq: n, pending: { n, at: now }, nextPingAt: now + state.heartbeatMs },
    effects: [...before, { type: "ping", generation: state.generation, n }],
  };
}

/** abandon gives a socket up that neither works nor closes. */
function abandon(state: LinkState, text: string, now: number, random: Random, delay?: number): Step {
  const close: Effect = { type: "close", generation: state.generation, code: 1000, text: "" };
  // Only the first attempt after a healthy link goes without waiting.
  const next = fail(state, { code: 1006, text }, now, random, state.attempt === 0 ? delay : undefined);
  const check: Effect[] = state.welcomed ? [] : [{ type: "checkSession", generation: state.generation }];
  return { ...next, effects: [close, ...next.effects, ...check] };
}

/** again gives up a socket that was being opened into a network that was not there. */
function again(state: LinkState, now: number): Step {
  const close: Effect = { type: "close", generation: state.generation, code: 1000, text: "" };
  const next = attempt(state, now);
  return { ...next, effects: [close, ...next.effects] };
}

function awaken(state: LinkState, now: number): Step {
  if ((state.phase === "reconnecting" || state.phase === "offline") && state.socket === "none") {
    return attempt(state, now);
  }
  // Up, or so it seems: ask now instead of at the next heartbeat.
  if (state.welcomed && state.pending === null) return sendPing(state, now, []);
  return { state, effects: [] };
}
