/**
 * The connection as a pure state machine: (state, event, now) → state, effects.
 *
 * It knows no socket, timer, React or wall clock: `now` is monotonic
 * milliseconds, randomness comes in with the call, and what is to be done goes
 * out as effects for connection.ts. Whether an engine answers is no business of
 * the link: that is data (topic system).
 */
import type { Random } from "./backoff";
import {
  ALONE_INTERVALS,
  type Effect,
  HEALTHY_BEATS,
  isUp,
  LIVE_INTERVALS,
  type LinkEvent,
  type LinkPhase,
  type LinkReason,
  type LinkState,
  NO_NETWORK_DOUBT_MS,
  NO_NETWORK_RETRY_MS,
  OFFLINE_AFTER_MS,
  SLOW_RTT_MS,
  SLOW_RUN,
  STALL_WINDOW_MS,
  type Step,
  TOGETHER_INTERVALS,
  WAKE_INTERVALS,
  WATCHDOG_INTERVALS,
} from "./link";
import {
  andThen,
  ask,
  begin,
  catchUp,
  close,
  down,
  enter,
  fail,
  isCarrier,
  LINK_TROUBLES,
  lost,
  offlineTrouble,
  quiet,
  round,
  sendPing,
  stay,
  stopAt,
} from "./moves";
import {
  askNow,
  force,
  forgive,
  hide,
  isPolling,
  polled,
  pollFailed,
  probeFailed,
  promote,
  refresh,
  reopen,
  tickPolls,
  watch,
} from "./polling";

/** One step of the machine. */
export function step(state: LinkState, event: LinkEvent, now: number, random: Random): Step {
  if ("generation" in event && !concerns(state, event)) return stay(state);
  switch (event.type) {
    case "connect":
      return state.phase === "idle" ? begin(state, now) : stay(state);
    case "disconnect":
      return disconnect(state, now);
    case "retry":
      return retry(state, now);
    case "force":
      return force(state, event.why, now);
    case "opened":
      return {
        state: { ...state, socket: "open", lastFrameAt: now },
        effects: [{ type: state.probing ? "hello" : "greet", generation: state.generation }],
      };
    case "closed":
      return closed(state, event.code, event.text, now, random);
    case "unauthorized":
      return state.phase === "idle" ? stay(state) : stopAt(state, "signin", refusal(event), now);
    case "frame":
      return stay(heard(state, now));
    case "welcome":
      return welcome(state, event.heartbeatMs, now);
    case "pong":
      return pong(state, event.n, now);
    case "asked":
      return asked(state, now);
    case "synced":
      return synced(state, now);
    case "desynced":
      return stay(isUp(state) || state.phase === "silent" ? enter(state, "syncing", now) : state);
    case "polled":
      return polled(state, event, now, random);
    case "pollFailed":
      return pollFailed(state, event, now, random);
    case "watch":
      return watch(state, event.metrics, now);
    default:
      return outside(state, event, now, random);
  }
}

type Outside = Extract<LinkEvent, { type: "tick" | "online" | "offline" | "visible" | "hidden" | "wake" }>;

/** outside: time, the network, the page. */
function outside(state: LinkState, event: Outside, now: number, random: Random): Step {
  switch (event.type) {
    case "tick":
      return tick(state, now - state.lastTickAt > WAKE_INTERVALS * state.heartbeatMs, now, random);
    case "online":
      return online({ ...state, offline: false }, now);
    case "offline":
      return offline({ ...state, offline: true }, now);
    case "visible":
      return awaken({ ...state, hidden: false }, now);
    case "hidden":
      return hide(state);
    case "wake":
      return andThen(tick(state, true, now, random), (s) => awaken(s, now));
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

function upPhase(state: LinkState): LinkPhase {
  return state.slowRun >= SLOW_RUN ? "slow" : "live";
}

function isFailing(state: LinkState): boolean {
  return state.phase === "reconnecting" || state.phase === "offline";
}

/** Whether an attempt is under way. */
function isTrying(state: LinkState): boolean {
  return isCarrier(state) || state.poll.askedAt !== null;
}

function disconnect(state: LinkState, now: number): Step {
  const effects: Effect[] = [
    ...lost(state),
    ...close(state, "bye"),
    { type: "dropped" },
    { type: "over", what: ["polling"] },
  ];
  const next = enter(quiet(down(state)), "idle", now);
  return { state: { ...next, retryAt: null, attempt: 0, failingSince: null, reason: null }, effects };
}

function retry(state: LinkState, now: number): Step {
  switch (state.phase) {
    case "reconnecting":
    case "offline":
      return isTrying(state) ? stay(state) : round(state, now);
    case "signin":
    case "update":
    case "closed":
      return begin(state, now);
    case "polling":
      return isPolling(state) ? refresh(state, now) : stay(state);
    default:
      return stay(state);
  }
}

function closed(state: LinkState, code: number, text: string, now: number, random: Random): Step {
  const reason = { code, text };
  // The socket is gone: nothing is left to close.
  const gone: LinkState = { ...state, socket: "none" };
  if (code === 4401 || code === 4403) return stopAt(gone, "signin", reason, now);
  if (code === 4406) return stopAt(gone, "update", reason, now);
  if (state.probing) return probeFailed(gone, now, random);
  if (code >= 4400 && code < 4500) return stopAt(gone, "closed", reason, now);
  const next = fail(gone, state.welcomed ? "lost" : "refused", reason, now, random);
  if (state.welcomed) return next;
  // A refused upgrade looks like any dead socket: HTTP can tell them apart.
  return { ...next, effects: [...next.effects, { type: "checkSession", generation: state.generation }] };
}

function welcome(state: LinkState, heartbeatMs: number, now: number): Step {
  const n = state.pingSeq + 1;
  const next = state.probing ? state : { ...catchUp(state, now), reason: null };
  return {
    state: {
      ...next,
      welcomed: true,
      welcomedAt: now,
      openBy: null,
      heartbeatMs,
      pingSeq: n,
      pending: { n, at: now },
      // The ping that goes out with the welcome measures; it proves no health.
      beats: -1,
      nextPingAt: now + heartbeatMs,
    },
    effects: [{ type: "ping", generation: state.generation, n }],
  };
}

function pong(state: LinkState, n: number, now: number): Step {
  if (state.pending?.n !== n) return stay(state);
  const ms = Math.max(0, now - state.pending.at);
  const beats = state.beats + 1;
  const next: LinkState = { ...state, pending: null, beats };
  const healthy = beats >= HEALTHY_BEATS;
  if (state.probing) return healthy ? promote(next, now) : stay(next);
  const well = healthy ? { ...next, attempt: 0, failingSince: null, refused: 0, why: null } : next;
  return { state: roundTrip(well, ms > SLOW_RTT_MS, now), effects: [{ type: "rtt", ms }] };
}

/** asked: what answers the server's ping takes our own along. Together they cost one frame, and wake both sides once. */
function asked(state: LinkState, now: number): Step {
  const { nextPingAt, heartbeatMs } = state;
  const soon = nextPingAt !== null && nextPingAt - now <= TOGETHER_INTERVALS * heartbeatMs;
  if (!soon || state.pending !== null || state.probing) return stay(state);
  const sent = sendPing(state, now, []);
  return { ...sent, state: { ...sent.state, nextPingAt: now + (1 + ALONE_INTERVALS) * heartbeatMs } };
}

/** synced ends the catching up: of a socket that was opened, or promoted. */
function synced(state: LinkState, now: number): Step {
  const first = state.phase === "connecting" && state.welcomed;
  const due = first || state.phase === "syncing" || state.quietUntil !== null;
  if (state.probing || !due) return stay(state);
  const next = enter({ ...state, quietUntil: null, viewed: true }, upPhase(state), now);
  return { state: next, effects: [{ type: "over", what: [...LINK_TROUBLES, "polling"] }] };
}

/** heard: the other side is there. */
function heard(state: LinkState, now: number): LinkState {
  const next: LinkState = { ...state, lastFrameAt: now, graceUntil: null, doubtUntil: null };
  return state.phase === "silent" ? enter(next, upPhase(state), now) : next;
}

/** roundTrip counts slow and quick ones: three in a row change the phase, either way. */
function roundTrip(state: LinkState, slow: boolean, now: number): LinkState {
  const slowRun = slow ? Math.max(0, state.slowRun) + 1 : Math.min(0, state.slowRun) - 1;
  const next = { ...state, slowRun };
  if (next.phase === "live" && slowRun >= SLOW_RUN) return enter(next, "slow", now);
  if (next.phase === "slow" && slowRun <= -SLOW_RUN) return enter(next, "live", now);
  return next;
}

function tick(before: LinkState, slept: boolean, now: number, random: Random): Step {
  const ticked: LinkState = { ...rebase(before, now), lastTickAt: now };
  const first: Step = slept ? { state: ticked, effects: [{ type: "woke" }] } : stay(ticked);
  const failing = andThen(first, (s) => tickFailing(s, slept, now));
  const polling = andThen(failing, (s) => {
    // A hidden page's timers are throttled: that is no wake.
    return slept && !s.hidden && isPolling(s) ? refresh(s, now) : tickPolls(s, now, random);
  });
  return andThen(polling, (s) => tickSocket(s, slept, now, random));
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
    welcomedAt: Math.min(now, state.welcomedAt + by),
    failingSince: move(state.failingSince),
    retryAt: move(state.retryAt),
    openBy: move(state.openBy),
    graceUntil: move(state.graceUntil),
    doubtUntil: move(state.doubtUntil),
    nextPingAt: move(state.nextPingAt),
    probeAt: move(state.probeAt),
    quietUntil: move(state.quietUntil),
    stalls: state.stalls.map((t) => t + by),
    pending: state.pending === null ? null : { n: state.pending.n, at: state.pending.at + by },
    poll: {
      ...state.poll,
      askedAt: move(state.poll.askedAt),
      dueAt: move(state.poll.dueAt),
      answeredAt: state.poll.answeredAt + by,
    },
  };
}

function tickFailing(state: LinkState, slept: boolean, now: number): Step {
  if (!isFailing(state)) return stay(state);
  const long = state.phase === "reconnecting" && now - (state.failingSince ?? now) >= OFFLINE_AFTER_MS;
  const told: Step = long ? { state: enter(state, "offline", now), effects: [offlineTrouble(state)] } : stay(state);
  if (isTrying(state)) return slept ? andThen(told, (s) => again(s, now)) : told;
  if (!slept && state.retryAt !== null && now < state.retryAt) return told;
  return andThen(told, (s) => round(s, now));
}

function tickSocket(state: LinkState, slept: boolean, now: number, random: Random): Step {
  if (state.socket === "none") return stay(state);
  if (!state.welcomed) return tickOpening(state, slept, now, random);
  const up = tickUp(forgive(state, now), slept, now, random);
  if (up.state.quietUntil === null || now < up.state.quietUntil) return up;
  return andThen(up, (s) => stay(enter({ ...s, quietUntil: null }, "syncing", now)));
}

function tickOpening(state: LinkState, slept: boolean, now: number, random: Random): Step {
  if (state.openBy === null || now < state.openBy) return stay(state);
  // It slept through its time, which says nothing of the server. (A hidden page's timers are throttled: that is no wake.)
  if (slept && !state.hidden) return reopen(state, now);
  return abandon(state, "refused", "the server did not answer", now, random);
}

function tickUp(state: LinkState, slept: boolean, now: number, random: Random): Step {
  if (state.doubtUntil !== null && now >= state.doubtUntil) {
    return abandon(state, "lost", "this device has no network", now, random);
  }
  const intervals = (now - state.lastFrameAt) / state.heartbeatMs;
  // What came during a stall of this page stands in its queue behind this very
  // tick: one interval's grace before the socket is called silent, or dead.
  if (intervals > LIVE_INTERVALS && slept && state.graceUntil === null) {
    return sendPing({ ...state, graceUntil: now + state.heartbeatMs, pending: null }, now, []);
  }
  if (intervals > WATCHDOG_INTERVALS) {
    if (state.graceUntil !== null && now < state.graceUntil) return stay(state);
    return stalled(state, now, random);
  }
  const silent = intervals > LIVE_INTERVALS && state.graceUntil === null && isUp(state);
  return tickPings(silent ? enter(state, "silent", now) : state, now);
}

function tickPings(state: LinkState, now: number): Step {
  if (state.nextPingAt === null || now < state.nextPingAt) return stay(state);
  if (state.pending === null || state.probing) return sendPing(state, now, []);
  // The last ping has no answer after a whole interval: that is a slow round
  // trip whose length isn't known yet.
  const missed = roundTrip(state, state.heartbeatMs > SLOW_RTT_MS, now);
  return sendPing(missed, now, [{ type: "count", what: "missedBeat" }]);
}

function stalled(state: LinkState, now: number, random: Random): Step {
  const text = "nothing came from the server";
  if (state.probing) return abandon(state, "stalled", text, now, random);
  // A page that slept may have lost its socket to its sleep: that is no stall of the network.
  const stalls =
    state.graceUntil === null ? [...state.stalls.filter((t) => now - t < STALL_WINDOW_MS), now] : state.stalls;
  const given = abandon({ ...state, stalls }, "stalled", text, now, random, 0);
  return { ...given, effects: [{ type: "count", what: "stall" }, ...given.effects] };
}

/** abandon gives a socket up that neither works nor closes. */
function abandon(
  state: LinkState,
  what: "lost" | "stalled" | "refused",
  text: string,
  now: number,
  random: Random,
  delay?: number,
): Step {
  const effects = close(state);
  if (state.probing) return andThen({ state, effects }, (s) => probeFailed(s, now, random));
  // Only the first attempt after a healthy link goes without waiting.
  const next = fail(state, what, { code: 1006, text }, now, random, state.attempt === 0 ? delay : undefined);
  const check: Effect[] = state.welcomed ? [] : [{ type: "checkSession", generation: state.generation }];
  return { ...next, effects: [...effects, ...next.effects, ...check] };
}

/** again asks anew what was asked before the page slept: the answer may never come. */
function again(state: LinkState, now: number): Step {
  return state.poll.askedAt === null ? stay(state) : askNow(state, now);
}

/** awaken: there is reason to believe that it works now, or that it was not looked at for long. */
function awaken(state: LinkState, now: number): Step {
  if (isFailing(state)) {
    return isTrying(state) ? again(state, now) : round(state, now);
  }
  if (isPolling(state)) return refresh(state, now);
  // Up, or so it seems: ask now instead of at the next heartbeat.
  if (state.welcomed && state.pending === null) return sendPing(state, now, []);
  return again(state, now);
}

function online(state: LinkState, now: number): Step {
  const fresh = state.phase === "offline" && now - (state.failingSince ?? now) < OFFLINE_AFTER_MS;
  const next = fresh ? enter(state, "reconnecting", now) : state;
  if (state.socket !== "opening") return awaken(next, now);
  return andThen(reopen(next, now), (s) => (s.poll.askedAt !== null || isPolling(s) ? askNow(s, now) : stay(s)));
}

/**
 * offline: the browser says that there is no network. It errs where the server
 * is on this very machine, or behind a tunnel: what is up is asked, and has a
 * moment to prove it.
 */
function offline(state: LinkState, now: number): Step {
  if (isFailing(state)) {
    const effects = state.phase === "offline" ? [] : [offlineTrouble(state)];
    const retryAt = isTrying(state) ? null : now + NO_NETWORK_RETRY_MS;
    return { state: { ...enter(state, "offline", now), retryAt }, effects };
  }
  if (isPolling(state)) return ask(state, now);
  if (!state.welcomed || state.probing) return stay(state);
  return sendPing({ ...state, doubtUntil: now + NO_NETWORK_DOUBT_MS }, now, []);
}
