/**
 * The machine's part without a WebSocket: polls whose pace follows what they
 * bring, and probes in the background that get the WebSocket back.
 *
 * A probe is a socket that carries nothing: it says hello and answers
 * heartbeats. When two have been answered it is promoted, which is one step:
 * polls end, and subscriptions go on from the position the polls have reached.
 */
import type { Random } from "./backoff";
import {
  type Effect,
  type LinkEvent,
  type LinkReason,
  type LinkState,
  POLL_HIDDEN_MS,
  POLL_MAX_MS,
  POLL_METRICS_MS,
  POLL_MIN_MS,
  POLL_STALE_MS,
  POLL_TIMEOUT_MS,
  PROBE_MAX_MS,
  PROBE_MIN_MS,
  PROBE_RESET_MS,
  QUIET_MS,
  type Step,
  WHY_NOT_YET,
  WHY_REFUSED,
  WHY_TRYING,
} from "./link";
import {
  andThen,
  ask,
  attempt,
  catchUp,
  close,
  down,
  enter,
  isCarrier,
  LINK_TROUBLES,
  offlineTrouble,
  probe,
  quiet,
  sentence,
  stay,
  stopAt,
  wait,
} from "./moves";

/** Whether polls carry the data, or would. */
export function isPolling(state: LinkState): boolean {
  return state.transport === "polling" && state.phase === "polling";
}

/** The interval of the polls at present. */
export function pollEvery({ poll, hidden }: LinkState): number {
  if (hidden) return Math.max(POLL_HIDDEN_MS, poll.everyMs);
  const every = poll.metrics ? Math.min(poll.everyMs, POLL_METRICS_MS) : poll.everyMs;
  // A poll that takes long is given as long a rest.
  return Math.max(every, Math.min(poll.tookMs, POLL_MAX_MS));
}

export function polled(state: LinkState, event: LinkEvent & { type: "polled" }, now: number, random: Random): Step {
  if (event.id !== state.poll.id || state.poll.askedAt === null) return stay(state);
  const everyMs = event.changed
    ? Math.max(POLL_MIN_MS, state.poll.everyMs / 2)
    : Math.min(POLL_MAX_MS, state.poll.everyMs * 1.5);
  const entering = !isPolling(state);
  const poll = {
    ...state.poll,
    askedAt: null,
    answeredAt: now,
    // The first answer may have waited for a server that stood still: it is old, and the next must not be late too.
    tookMs: entering ? 0 : event.ms,
    everyMs: entering ? POLL_MIN_MS : everyMs,
  };
  const next: LinkState = {
    ...enter(state, "polling", now),
    transport: "polling",
    viewed: true,
    poll: { ...poll, dueAt: now },
    attempt: 0,
    failingSince: null,
    retryAt: null,
    reason: null,
  };
  const effects: Effect[] = [{ type: "rtt", ms: event.ms }];
  // What did not fit is soon asked for anew, but not in a loop.
  const due = now + (event.again ? POLL_MIN_MS : pollEvery(next));
  const after: LinkState = { ...next, poll: { ...next.poll, dueAt: due } };
  return entering ? begins(after, effects, now, random) : { state: after, effects };
}

/** begins is the first answer of several. */
function begins(state: LinkState, effects: Effect[], now: number, random: Random): Step {
  const why = state.forced ?? state.why ?? WHY_REFUSED;
  effects.push({ type: "over", what: LINK_TROUBLES }, { type: "trouble", what: "polling", detail: why });
  const probeAt = state.forced === null && state.socket === "none" ? now + probeWait(state.probes, random) : null;
  return { state: { ...state, why, probeAt }, effects };
}

/** 15 to 120 s, doubling, and spread over half as much again: a proxy that came back must not get all pages at once. */
function probeWait(failed: number, random: Random): number {
  const least = Math.min((PROBE_MAX_MS * 2) / 3, PROBE_MIN_MS * 2 ** Math.min(failed, 16));
  return least * (1 + random() / 2);
}

export function pollFailed(
  state: LinkState,
  event: LinkEvent & { type: "pollFailed" },
  now: number,
  random: Random,
): Step {
  if (event.id !== state.poll.id || state.poll.askedAt === null) return stay(state);
  const { code, text, link } = event;
  const reason: LinkReason = link ? { code, text, link } : { code, text };
  if (code === 401 || code === 403) return stopAt(state, "signin", reason, now);
  const up = state.phase === "polling" || state.phase === "syncing";
  const effects: Effect[] = up ? [{ type: "lost" }, { type: "dropped" }, { type: "over", what: ["polling"] }] : [];
  if (up && !state.offline) effects.push({ type: "trouble", what: "lost", detail: sentence(reason) });
  // Where a socket failed just before, this is the same attempt.
  const counted = state.offline || state.transport === "websocket";
  const gone: LinkState = { ...quiet(state), reason };
  const waiting = wait(gone, counted ? Math.max(0, state.attempt - 1) : state.attempt, now, random);
  if (waiting.phase === "offline" && state.phase !== "offline") effects.push(offlineTrouble(waiting));
  return { state: { ...waiting, attempt: state.attempt + Number(!counted) }, effects };
}

/** askNow polls at once, but for one that is on its way and may well be answered. */
export function askNow(state: LinkState, now: number): Step {
  const { askedAt } = state.poll;
  return askedAt === null || now - askedAt > POLL_STALE_MS ? ask(state, now) : stay(state);
}

/** tickPolls does what is due of polls and probes. */
export function tickPolls(state: LinkState, now: number, random: Random): Step {
  const { poll } = state;
  if (poll.askedAt !== null && now - poll.askedAt >= POLL_TIMEOUT_MS) {
    return pollFailed(
      state,
      { type: "pollFailed", id: poll.id, code: 0, text: "The server did not answer" },
      now,
      random,
    );
  }
  if (!isPolling(state)) return stay(state);
  const asked = poll.dueAt !== null && now >= poll.dueAt ? ask(state, now) : stay(state);
  if (state.probeAt === null || now < state.probeAt) return asked;
  return andThen(asked, (s) => probe(s, now));
}

/** hide makes the polls rare; what is on its way is taken. */
export function hide(state: LinkState): Step {
  const next: LinkState = { ...state, hidden: true };
  if (!isPolling(state) || state.poll.dueAt === null) return stay(next);
  return stay({ ...next, poll: { ...next.poll, dueAt: next.poll.answeredAt + pollEvery(next) } });
}

/** watch: what is on screen has changed, and what is new there should not wait for long. */
export function watch(state: LinkState, metrics: boolean, now: number): Step {
  const { poll } = state;
  const soon = poll.dueAt === null ? null : Math.min(poll.dueAt, Math.max(now, poll.answeredAt + POLL_MIN_MS));
  return stay({ ...state, poll: { ...poll, metrics, dueAt: metrics && !state.hidden ? soon : poll.dueAt } });
}

/** probeFailed: polls go on, and the next probe comes later. */
export function probeFailed(state: LinkState, now: number, random: Random): Step {
  const probes = state.probes + 1;
  const next: LinkState = { ...down(state), probes, why: state.why === WHY_TRYING ? WHY_NOT_YET : state.why };
  return stay({ ...next, probeAt: isPolling(state) ? now + probeWait(probes, random) : null });
}

/** promote: the probe has proved itself. Polls end here, and what is still answered is not taken. */
export function promote(state: LinkState, now: number): Step {
  const effects: Effect[] = [{ type: "promote", generation: state.generation }];
  const next: LinkState = {
    ...quiet(state),
    probing: false,
    transport: "websocket",
    why: null,
    attempt: 0,
    refused: 0,
    failingSince: null,
    retryAt: null,
    reason: null,
    stalls: [],
    welcomedAt: now,
  };
  // Caught up in a moment: nothing need be said before.
  if (isPolling(state)) return { state: { ...next, quietUntil: now + QUIET_MS }, effects };
  return { state: catchUp(next, now), effects };
}

/** A socket that has lived so long was a good one: should it be lost, its successors are tried often. */
export function forgive(state: LinkState, now: number): LinkState {
  if (state.probes === 0 || now - state.welcomedAt < PROBE_RESET_MS) return state;
  return { ...state, probes: 0 };
}

/** force: polling is wanted from now on, or no longer. */
export function force(state: LinkState, why: string | null, now: number): Step {
  if (state.forced === why) return stay(state);
  const next: LinkState = { ...state, forced: why };
  switch (state.phase) {
    case "idle":
    case "signin":
    case "update":
    case "closed":
      return stay(next);
  }
  if (why === null) return probe({ ...next, why: WHY_TRYING }, now);
  const effects = close(state);
  if (isCarrier(state)) effects.push({ type: "dropped" });
  const polling: LinkState = { ...down(next), transport: "polling", why, probeAt: null };
  if (state.transport === "polling") {
    // Only the reason is another one.
    if (isPolling(state))
      effects.push({ type: "over", what: ["polling"] }, { type: "trouble", what: "polling", detail: why });
    return { state: polling, effects };
  }
  // Up: nothing is lost, for the polls go on where the socket was.
  const catching = isCarrier(state) && state.welcomed ? catchUp(polling, now) : polling;
  return andThen({ state: { ...catching, retryAt: null }, effects }, (s) => ask(s, now));
}

/** refresh asks and probes at once: the network or the page has come back, or the user wants it. */
export function refresh(state: LinkState, now: number): Step {
  return andThen(askNow(state, now), (s) => probe(s, now));
}

/** reopen gives up a socket that was being opened into a network that was not there. */
export function reopen(state: LinkState, now: number): Step {
  return andThen({ state, effects: close(state) }, (s) => attempt(s, now, s.probing));
}

/** Whether what is shown of two states differs. */
export function differs(a: LinkState, b: LinkState): boolean {
  return (
    a.phase !== b.phase ||
    a.transport !== b.transport ||
    a.retryAt !== b.retryAt ||
    a.attempt !== b.attempt ||
    a.reason !== b.reason ||
    a.why !== b.why ||
    a.probeAt !== b.probeAt ||
    (b.phase === "polling" && pollEvery(a) !== pollEvery(b))
  );
}
