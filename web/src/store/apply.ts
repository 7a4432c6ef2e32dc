/**
 * The reducer: (state, messages) → state and what has to be done. It is pure;
 * the metrics, which live in columns, come out as steps for whoever holds them.
 *
 * The rules are those of docs/protocol.md. The one that matters most: a delta
 * that does not start where we stand is never applied, and the old view stays
 * until the topic's new snapshot is complete.
 */
import type { DeltaMessage, SequencedTopic, ServerMessage, SnapMessage } from "../api/messages";
import type { Resume, Resync, SnapEnd, Subbed, Topic } from "../api/types.gen";
import type { Keyed } from "../lib/keyed";
import { ALWAYS, type OptionalTopic, topicOf } from "../transport/topics";
import { changeContainers, changePlain, PLAIN, type PlainTopic, replaceContainers, replacePlain } from "./entries";
import { beginReplay, replaceEvents, replayEvents } from "./events";
import { initialState, type KeyedTopic, type LiveState, type TopicState } from "./state";
import type { Context, MetricsStep, Now } from "./step";

export interface Applied {
  readonly state: LiveState;
  readonly metrics: readonly MetricsStep[];
  /** Topics to subscribe to again, because what came did not fit. */
  readonly resubscribe: readonly SequencedTopic[];
  /** Whether every topic that is always followed stands where the server said it would. */
  readonly synced: boolean;
  readonly gaps: number;
  readonly resyncs: number;
}

const OPTIONAL: readonly OptionalTopic[] = ["images", "volumes", "networks"];
const SEQUENCED: readonly SequencedTopic[] = [...ALWAYS, ...OPTIONAL];

/** What a poll's answer says of its epoch, as a welcome does on a connection. */
export interface EpochMessage {
  readonly type: "epoch";
  readonly epoch: string;
}

/** Applies what arrived together, as one step. */
export function applyMessages(
  before: LiveState,
  messages: readonly (ServerMessage | EpochMessage)[],
  now: Now,
): Applied {
  const context: Context = { ...now, metrics: [], resubscribe: new Set(), gaps: 0, resyncs: 0 };
  let state = before;
  for (const message of messages) state = apply(state, message, context);
  return {
    state,
    metrics: context.metrics,
    resubscribe: [...context.resubscribe],
    synced: ALWAYS.every((t) => isSettled(state[t])),
    gaps: context.gaps,
    resyncs: context.resyncs,
  };
}

/** The positions to resume from; null when there are none. */
export function resumeOf(state: LiveState): Resume | null {
  if (state.epoch === null) return null;
  const topics: Record<string, number> = {};
  for (const t of SEQUENCED) {
    // What is staged or gapped is no position; the old content of the epoch is.
    const seq = positionIn(state, t);
    if (seq !== undefined) topics[t] = seq;
  }
  return { epoch: state.epoch, topics };
}

/** A new connection is about to say hello and to subscribe to these topics. */
export function opened(state: LiveState, topics: readonly Topic[]): LiveState {
  let next = state;
  for (const t of SEQUENCED) {
    const phase = topics.includes(t) ? "awaiting" : "idle";
    next = withTopic(next, t, { phase, staged: [], stagedPages: 0 });
  }
  return next;
}

/** A topic is subscribed to, or no more, on the connection there is. Its content stays. */
export function followed(state: LiveState, topic: SequencedTopic, on: boolean): LiveState {
  return withTopic(state, topic, { phase: on ? "awaiting" : "idle", staged: [], stagedPages: 0 });
}

/** Where a topic would go on from in the present epoch; undefined where only a snapshot will do. */
export function positionIn(state: LiveState, topic: SequencedTopic): number | undefined {
  const t = state[topic];
  return state.epoch !== null && t.epoch === state.epoch && t.whole ? t.seq : undefined;
}

/** The link was lost at `wall` (the server's clock): the event feed will say so. */
export function cut(state: LiveState, wall: number): LiveState {
  if (state.events.epoch === null || state.events.cutAt !== null) return state;
  return { ...state, events: { ...state.events, cutAt: wall } };
}

function isSettled(topic: TopicState<unknown>): boolean {
  return topic.phase === "idle" || (topic.phase === "live" && topic.seq >= topic.target);
}

function apply(state: LiveState, m: ServerMessage | EpochMessage, context: Context): LiveState {
  switch (m.type) {
    case "welcome":
      return enterEpoch(withRole(state, m.role), m.epoch, context);
    case "epoch":
      return enterEpoch(state, m.epoch, context);
    case "subbed":
      return subbed(state, m, context);
    case "snap":
      return snap(state, m, context);
    case "snapEnd":
      return snapEnd(state, m, context);
    case "delta":
      return delta(state, m, context);
    case "mark":
      return isSequenced(m.topic) ? mark(state, m.topic, m.seq) : state;
    case "resync":
      return resync(state, m, context);
    case "metrics":
      context.metrics.push({ type: "frame", frame: m });
      return { ...state, metricsSeq: m.seq };
    case "error":
      return refused(state, m.id ?? 0, context);
    case "logs": // goes to the log view alone; see transport/logs.ts
    case "ping":
    case "pong":
      return state;
  }
}

function isSequenced(topic: Topic): topic is SequencedTopic {
  return (SEQUENCED as readonly Topic[]).includes(topic);
}

/** What this session may do. */
export function withRole(state: LiveState, role: string): LiveState {
  return state.role === role ? state : { ...state, role };
}

function enterEpoch(state: LiveState, epoch: string, context: Context): LiveState {
  if (state.epoch === epoch) return state;
  context.metrics.push({ type: "reset" });
  // Positions mean nothing any more. The content stays on screen until each
  // topic's snapshot has come; its epoch tells that it is old.
  let next: LiveState = { ...state, epoch, metricsSeq: initialState().metricsSeq };
  for (const t of SEQUENCED) next = withTopic(next, t, { seq: 0, target: 0, whole: false });
  return next;
}

function subbed(state: LiveState, m: Subbed, context: Context): LiveState {
  if (m.topic === "metrics") {
    context.metrics.push({ type: "answered", id: m.id, accepted: true });
    return state;
  }
  if (!isSequenced(m.topic)) return state;
  const topic = state[m.topic];
  if (!m.recovered) return withTopic(state, m.topic, { phase: "staging", target: m.seq, staged: [], stagedPages: 0 });
  // Recovered: what follows starts where our hello said we were.
  if (!topic.whole || m.seq < topic.seq) return gap(state, m.topic, context);
  const next = withTopic(state, m.topic, { phase: "live", target: m.seq });
  return m.topic === "events" ? { ...next, events: beginReplay(next.events, m.seq, context.wall) } : next;
}

function snap(state: LiveState, m: SnapMessage, context: Context): LiveState {
  const topic = state[m.topic];
  // Pages of a snapshot that we have given up, or of a topic that nobody needs any more.
  if (topic.phase === "gapped" || topic.phase === "idle") return state;
  if (m.page === 0) {
    return withTopic(state, m.topic, { phase: "staging", staged: m.items, stagedPages: 1 });
  }
  if (topic.phase !== "staging" || m.page !== topic.stagedPages) return gap(state, m.topic, context);
  return withTopic(state, m.topic, {
    staged: [...topic.staged, ...m.items],
    stagedPages: topic.stagedPages + 1,
  });
}

function snapEnd(state: LiveState, m: SnapEnd & { topic: SequencedTopic }, context: Context): LiveState {
  const topic = state[m.topic];
  if (topic.phase === "gapped" || topic.phase === "idle") return state;
  if (topic.phase !== "staging") return gap(state, m.topic, context);
  const at = {
    phase: "live",
    seq: m.seq,
    target: 0,
    epoch: state.epoch,
    staged: [],
    stagedPages: 0,
    whole: true,
  } as const;
  switch (m.topic) {
    case "containers": {
      const entries = replaceContainers(state.containers, state.epoch, context);
      return { ...state, containers: { ...state.containers, ...at, entries } };
    }
    case "events": {
      const log = replaceEvents(state.events, m.seq, state.events.epoch === state.epoch, context.wall);
      return { ...state, events: { ...log, ...at } };
    }
    default:
      return withPlain(state, m.topic, { ...at, entries: replacePlain(plain(m.topic), state[m.topic].staged) });
  }
}

function delta(state: LiveState, m: DeltaMessage, context: Context): LiveState {
  const topic = state[m.topic];
  // Until the snapshot is whole there is nothing a delta could be applied to.
  if (topic.phase !== "live") return state;
  if (m.seq <= topic.seq) return state;
  if (m.from !== topic.seq) return gap(state, m.topic, context);
  switch (m.topic) {
    case "containers": {
      const entries = changeContainers(state.containers.entries, m, context);
      if (!entries) return gap(state, m.topic, context);
      return { ...state, containers: { ...state.containers, seq: m.seq, entries } };
    }
    case "events": {
      const events = (m.added ?? []).filter((e) => e.seq > topic.seq);
      const log = replayEvents(state.events, events, m.seq);
      return { ...state, events: { ...log, seq: m.seq } };
    }
    default: {
      const entries = changePlain(plain(m.topic), state[m.topic].entries as Keyed<object>, m);
      if (!entries) return gap(state, m.topic, context);
      return withPlain(state, m.topic, { seq: m.seq, entries });
    }
  }
}

function mark(state: LiveState, name: SequencedTopic, seq: number): LiveState {
  const topic = state[name];
  if (topic?.phase !== "live" || seq <= topic.seq) return state;
  return withTopic(state, name, { seq });
}

function resync(state: LiveState, m: Resync, context: Context): LiveState {
  context.resyncs++;
  if (!isSequenced(m.topic)) return state;
  // A subscription of ours is under way already: its answer will do.
  if (state[m.topic].phase === "gapped" || state[m.topic].phase === "idle") return state;
  return withTopic(state, m.topic, { phase: "staging", staged: [], stagedPages: 0 });
}

/** refused: the server does not serve a subscription. */
function refused(state: LiveState, id: number, context: Context): LiveState {
  const topic = topicOf(id);
  if (topic === undefined) return state;
  if (topic === "metrics") {
    context.metrics.push({ type: "answered", id, accepted: false });
    return state;
  }
  return isSequenced(topic) ? withTopic(state, topic, { phase: "idle" }) : state;
}

/** gap gives a topic's stream up: subscribe again, keep the old view. */
function gap(state: LiveState, topic: SequencedTopic, context: Context): LiveState {
  context.gaps++;
  context.resubscribe.add(topic);
  return withTopic(state, topic, { phase: "gapped", staged: [], stagedPages: 0 });
}

/** What a plain topic's resources are, without saying which: its items and entries are of that type. */
function plain(topic: PlainTopic): (typeof PLAIN)[PlainTopic] & { key(item: object): string } {
  return PLAIN[topic] as (typeof PLAIN)[PlainTopic] & { key(item: object): string };
}

function withPlain(state: LiveState, name: PlainTopic, to: Partial<KeyedTopic<unknown, object>>): LiveState {
  return { ...state, [name]: { ...state[name], ...to } };
}

/** The decoder has made sure that a topic's items are of its type. */
function withTopic(state: LiveState, name: SequencedTopic, to: Partial<TopicState<unknown>>): LiveState {
  return { ...state, [name]: { ...state[name], ...to } };
}
