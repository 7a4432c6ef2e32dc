/** The moves that several transitions of the machine share. Pure, like it. */
import { backoff, type Random } from "./backoff";
import {
  EAGER_TIMEOUT_MS,
  type Effect,
  HEALTHY_BEATS,
  type LinkPhase,
  type LinkReason,
  type LinkState,
  NO_NETWORK_RETRY_MS,
  OFFLINE_AFTER_MS,
  OPEN_TIMEOUT_MS,
  REFUSALS,
  STALLS,
  type Step,
  WHY_REFUSED,
  WHY_STALLED,
} from "./link";
import type { TroubleKind } from "./trouble";

/** What is over once data flows again. */
export const LINK_TROUBLES: readonly TroubleKind[] = ["lost", "stalled", "offline", "signin", "update", "superseded"];

export function stay(state: LinkState): Step {
  return { state, effects: [] };
}

/** andThen goes on from where a step has led. */
export function andThen(first: Step, next: (state: LinkState) => Step): Step {
  const second = next(first.state);
  if (second.effects.length === 0) return { state: second.state, effects: first.effects };
  return { state: second.state, effects: [...first.effects, ...second.effects] };
}

export function enter(state: LinkState, phase: LinkPhase, now: number): LinkState {
  return state.phase === phase ? state : { ...state, phase, since: now };
}

/** catchUp: connected, and what there is to see is on its way. */
export function catchUp(state: LinkState, now: number): LinkState {
  return enter(state, state.viewed ? "syncing" : "connecting", now);
}

/** Whether the socket is what carries the data, or shall. */
export function isCarrier(state: LinkState): boolean {
  return state.socket !== "none" && !state.probing;
}

/** begin is the first attempt: after idleness, or after what only the user can end. */
export function begin(state: LinkState, now: number): Step {
  const fresh: LinkState = { ...enter(state, "connecting", now), attempt: 0, refused: 0, reason: null, stalls: [] };
  if (state.forced !== null) return ask({ ...fresh, transport: "polling", why: state.forced }, now);
  return attempt({ ...fresh, transport: "websocket", why: null }, now, false);
}

/** round is the next attempt after a failure, by whatever carried the data. */
export function round(state: LinkState, now: number): Step {
  const next: LinkState = { ...state, retryAt: null };
  if (state.transport === "websocket") return attempt(next, now, false);
  // The WebSocket besides: what has broken the polls may have mended it.
  return andThen(ask(next, now), (s) => probe(s, now));
}

/** attempt opens the next generation's socket; the phase stays what it is. */
export function attempt(state: LinkState, now: number, probing: boolean): Step {
  const generation = state.generation + 1;
  const patient = probing || state.refused >= REFUSALS;
  return {
    state: {
      ...state,
      generation,
      socket: "opening",
      probing,
      welcomed: false,
      retryAt: probing ? state.retryAt : null,
      openBy: now + (patient ? OPEN_TIMEOUT_MS : EAGER_TIMEOUT_MS),
      lastFrameAt: now,
      graceUntil: null,
      doubtUntil: null,
      nextPingAt: null,
      pending: null,
      beats: 0,
      slowRun: 0,
    },
    effects: [{ type: "open", generation }],
  };
}

/** probe tries the WebSocket in the background, where one may and none is being tried. */
export function probe(state: LinkState, now: number): Step {
  if (state.forced !== null || state.socket !== "none") return stay(state);
  return andThen({ state: { ...state, probeAt: null }, effects: [{ type: "count", what: "probe" }] }, (s) =>
    attempt(s, now, true),
  );
}

/** ask sends a poll; the answer to one before it is not waited for any more. */
export function ask(state: LinkState, now: number): Step {
  const id = state.poll.id + 1;
  return {
    state: { ...state, poll: { ...state.poll, id, askedAt: now, dueAt: null } },
    effects: [
      { type: "count", what: "poll" },
      { type: "poll", id },
    ],
  };
}

/** down is the state without its socket. */
export function down(state: LinkState): LinkState {
  return {
    ...state,
    socket: "none",
    probing: false,
    welcomed: false,
    openBy: null,
    graceUntil: null,
    doubtUntil: null,
    nextPingAt: null,
    pending: null,
    slowRun: 0,
    quietUntil: null,
  };
}

/** quiet is the state without its polls. */
export function quiet(state: LinkState): LinkState {
  return { ...state, poll: { ...state.poll, askedAt: null, dueAt: null }, probeAt: null };
}

/** close gives the socket up, if there is one. */
export function close(state: LinkState, text = ""): Effect[] {
  if (state.socket === "none") return [];
  return [{ type: "close", generation: state.generation, code: 1000, text }];
}

/** lost: it was up, by a socket or by polls. */
export function lost(state: LinkState): Effect[] {
  const polled = state.transport === "polling" && state.phase === "polling";
  return polled || (state.welcomed && !state.probing) ? [{ type: "lost" }] : [];
}

/** stopAt ends in a phase that is left only by the user. */
export function stopAt(state: LinkState, phase: "signin" | "update" | "closed", reason: LinkReason, now: number): Step {
  const what = phase === "closed" ? "superseded" : phase;
  const effects: Effect[] = [...lost(state), ...close(state), { type: "dropped" }, { type: "over", what: ["polling"] }];
  effects.push({ type: "trouble", what, detail: sentence(reason) });
  const next = enter(quiet(down(state)), phase, now);
  return { state: { ...next, retryAt: null, failingSince: null, reason }, effects };
}

/** wait sets when it is tried again. Without a network attempts neither count nor get rarer. */
export function wait(state: LinkState, attempts: number, now: number, random: Random, delay?: number): LinkState {
  const failingSince = state.failingSince ?? now;
  const offline = state.offline || now - failingSince >= OFFLINE_AFTER_MS;
  const ms = state.offline ? NO_NETWORK_RETRY_MS : (delay ?? backoff(attempts, random));
  return { ...enter(state, offline ? "offline" : "reconnecting", now), failingSince, retryAt: now + ms };
}

/**
 * fail: the socket that carried the data, or was to, is gone. Another is tried
 * after a wait; but where sockets come to nothing again and again, a poll is.
 */
export function fail(
  state: LinkState,
  what: "lost" | "stalled" | "refused",
  reason: LinkReason,
  now: number,
  random: Random,
  delay?: number,
): Step {
  const effects: Effect[] = [...lost(state), { type: "dropped" }, { type: "count", what: "reconnect" }];
  if (!state.offline) effects.push({ type: "trouble", what, detail: sentence(reason) });
  const healthy = state.welcomed && state.beats >= HEALTHY_BEATS;
  const counts = !state.offline;
  const gone: LinkState = {
    ...down(state),
    reason,
    refused: counts && !healthy ? state.refused + 1 : state.refused,
  };
  const waiting = wait(gone, gone.attempt, now, random, delay);
  const next: LinkState = { ...waiting, attempt: gone.attempt + Number(counts) };
  if (waiting.phase === "offline" && state.phase !== "offline") effects.push(offlineTrouble(waiting));
  const first = { state: next, effects };
  if (!counts) return first;
  if (next.stalls.length >= STALLS) {
    const polling: LinkState = { ...next, transport: "polling", why: WHY_STALLED, stalls: [], retryAt: null };
    return andThen({ state: polling, effects }, (s) => ask(s, now));
  }
  if (next.refused < REFUSALS) return first;
  return andThen({ state: { ...next, why: WHY_REFUSED, retryAt: null }, effects }, (s) => ask(s, now));
}

export function offlineTrouble(state: LinkState): Effect {
  const detail = state.offline ? "This device has no network" : "Nothing got through for a minute";
  return { type: "trouble", what: "offline", detail };
}

/** sentence says what happened, for the log of trouble. */
export function sentence(reason: LinkReason): string {
  const code = reason.code === 0 ? "" : ` (${reason.code})`;
  return `${reason.text === "" ? "The connection ended" : reason.text.replace(/\.$/, "")}${code}`;
}

export function sendPing(state: LinkState, now: number, before: readonly Effect[]): Step {
  const n = state.pingSeq + 1;
  return {
    state: { ...state, pingSeq: n, pending: { n, at: now }, nextPingAt: now + state.heartbeatMs },
    effects: [...before, { type: "ping", generation: state.generation, n }],
  };
}
