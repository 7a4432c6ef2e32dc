/**
 * The driver of the state machine: the only place with sockets and timers. It
 * feeds the machine with what happens, runs its effects, and hands what the
 * server says to the sink, a frame at a time.
 */

import { PROTOCOL_VERSION } from "../api/columns.gen";
import type { ServerMessage } from "../api/messages";
import type { ClientInfo, Filter, Hello, Resume, Sub, Topic } from "../api/types.gen";
import type { Clock } from "../lib/clock";
import type { Timers } from "../lib/timers";
import type { Authenticator, SignIn } from "./auth";
import type { Random } from "./backoff";
import { decodeFrame } from "./decode";
import {
  type Effect,
  initialLink,
  type LinkEvent,
  type LinkPhase,
  type LinkReason,
  type LinkState,
  nextTickAt,
  type TransportName,
} from "./link";
import type { LogStreams } from "./logs";
import { step } from "./machine";
import { type Quality, QualityMeter } from "./quality";
import type { OpenSocket, Socket } from "./socket";
import { SUB_IDS } from "./topics";

/** The link as the page shows it. Instants are Unix milliseconds by this machine's clock. */
export interface ConnectionState {
  readonly phase: LinkPhase;
  readonly transport: TransportName;
  readonly since: number;
  /** When the next attempt is made; null when none is waited for (one may be under way). */
  readonly retryAt: number | null;
  /** Failed attempts since the link was last healthy. */
  readonly attempt: number;
  /** When the server last said anything; null when it never has. */
  readonly lastFrameAt: number | null;
  /** The last round trip in milliseconds. */
  readonly rtt: number | null;
  readonly reason: LinkReason | null;
  /** While it polls: the present interval in milliseconds. Null otherwise. */
  readonly pollEveryMs: number | null;
  /** Why it polls, a sentence without its full stop. Null while it does not. */
  readonly why: string | null;
  /** When the WebSocket is tried again while it polls; null when it is being tried, or never. */
  readonly nextProbeAt: number | null;
}

/** What a sink made of what it received. */
export interface Received {
  readonly resubscribe: readonly Topic[];
  readonly synced: boolean;
  readonly gaps: number;
  readonly resyncs: number;
}

/** Takes what the server says: the store. */
export interface Sink {
  /** The positions to resume from. */
  resume(): Resume | null;
  /** A new connection subscribes to these topics. */
  opened(topics: readonly Topic[]): void;
  /** A metrics subscription was sent. */
  filtered(id: number, filter: Filter): void;
  /** What came in one frame, as one step. roundTrip is the latest known, in milliseconds. */
  receive(messages: readonly ServerMessage[], roundTrip: number): Received;
  /** The link's state or quality changed; lost: it was up and is no longer. */
  report(connection: ConnectionState, quality: Quality, lost: boolean): void;
}

/** Tells of the world outside. Each returns how to stop. */
export interface Signals {
  onOnline(fn: () => void): () => void;
  onVisible(fn: () => void): () => void;
}

export interface ConnectionOptions {
  readonly sink: Sink;
  readonly logs: LogStreams;
  readonly auth: Authenticator;
  readonly open: OpenSocket;
  readonly url: string;
  readonly client: ClientInfo;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly signals: Signals;
  readonly random: Random;
  /** How many past events a snapshot brings. */
  readonly lastEvents: number;
}

const TOPICS: readonly Topic[] = ["containers", "system", "jobs", "events"];
/** The longest time between two ticks: the countdown and the quality are as old as that. */
const TICK_MS = 1_000;
/** A topic that does not fit again and again is fetched at most this often. */
const RESUBSCRIBE_MS = 1_000;

export function initialConnection(clock: Clock): ConnectionState {
  return view(initialLink(clock.now()), clock, null, null);
}

export class Connection {
  readonly #o: ConnectionOptions;
  readonly #meter: QualityMeter;
  #link: LinkState;
  #socket: Socket | null = null;
  #stopTick: () => void = () => {};
  #stopSignals: readonly (() => void)[] = [];
  #filter: Filter | null = null;
  #rtt: number | null = null;
  #lastFrameAt: number | null = null;
  #shown: LinkState;
  #quality: Quality;
  #qualityAt = Number.NEGATIVE_INFINITY;
  #lost = false;
  readonly #resubscribedAt = new Map<Topic, number>();
  readonly #resubscribeTimers = new Map<Topic, () => void>();
  /** Events are handled one after the other: an effect may cause the next at once. */
  readonly #queue: LinkEvent[] = [];
  #running = false;

  constructor(options: ConnectionOptions) {
    this.#o = options;
    this.#meter = new QualityMeter(options.clock);
    this.#link = initialLink(options.clock.now());
    this.#shown = this.#link;
    this.#quality = this.#meter.snapshot();
  }

  readonly connect = (): void => {
    if (this.#stopSignals.length === 0) {
      const { signals } = this.#o;
      this.#stopSignals = [
        signals.onOnline(() => this.#dispatch({ type: "online" })),
        signals.onVisible(() => this.#dispatch({ type: "visible" })),
      ];
    }
    this.#dispatch({ type: "connect" });
  };

  readonly disconnect = (): void => {
    for (const stop of this.#stopSignals) stop();
    this.#stopSignals = [];
    this.#dispatch({ type: "disconnect" });
  };

  readonly retry = (): void => this.#dispatch({ type: "retry" });

  /** Signs in with a token, or with the password, and connects. */
  readonly signIn = async (secret: string | { readonly password: string }): Promise<SignIn> => {
    const answer = await this.#o.auth.signIn(typeof secret === "string" ? { token: secret } : secret);
    if (answer.ok) this.#dispatch({ type: "retry" });
    return answer;
  };

  /** Which metrics are wanted, from now on and on every later connection. */
  readonly setMetrics = (filter: Filter | null): void => {
    const before = this.#filter;
    this.#filter = filter;
    // A socket that isn't open gets it with the hello.
    if (this.#link.socket !== "open") return;
    if (filter) this.#subscribeMetrics(filter);
    else if (before) this.#send({ type: "unsub", id: SUB_IDS.metrics });
  };

  #dispatch(event: LinkEvent): void {
    this.#queue.push(event);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
        const { state, effects } = step(this.#link, next, this.#o.clock.now(), this.#o.random);
        this.#link = state;
        for (const effect of effects) this.#run(effect);
      }
    } finally {
      this.#running = false;
    }
    this.#arm();
    this.#report();
  }

  #run(effect: Effect): void {
    switch (effect.type) {
      case "open":
        void this.#open(effect.generation);
        return;
      case "greet":
        this.#greet();
        return;
      case "close":
        this.#socket?.close(effect.code, effect.text);
        this.#socket = null;
        this.#o.logs.disconnected(false);
        return;
      case "ping":
        this.#send({ type: "ping", n: effect.n });
        return;
      case "checkSession":
        void this.#checkSession(effect.generation);
        return;
      case "lost":
        this.#lost = true;
        this.#rtt = null;
        this.#o.logs.disconnected(false);
        return;
      case "rtt":
        this.#rtt = effect.ms;
        this.#meter.rtt(effect.ms);
        return;
      case "count":
        this.#meter.count(COUNTERS[effect.what]);
    }
  }

  async #open(generation: number): Promise<void> {
    const { auth, open, url } = this.#o;
    const answer = await auth.prepare();
    if (generation !== this.#link.generation || this.#link.socket === "none") return;
    if (!answer.ok) {
      const { code, message: text, link = false } = answer;
      if (answer.refused) this.#dispatch({ type: "unauthorized", generation, code, text, link });
      else this.#dispatch({ type: "closed", generation, code: 1006, text });
      return;
    }
    this.#socket = open(url, {
      onOpen: () => this.#dispatch({ type: "opened", generation }),
      onFrame: (text) => this.#frame(generation, text),
      onClose: (code, text) => this.#dispatch({ type: "closed", generation, code, text }),
    });
  }

  async #checkSession(generation: number): Promise<void> {
    const answer = await this.#o.auth.check();
    if (answer.ok || !answer.refused) return;
    this.#dispatch({ type: "unauthorized", generation, code: answer.code, text: answer.message });
  }

  /** greet says hello and subscribes, without waiting for the welcome. */
  #greet(): void {
    const { sink, client, lastEvents } = this.#o;
    const hello: Hello = { type: "hello", v: PROTOCOL_VERSION, client };
    const resume = sink.resume();
    if (resume) hello.resume = resume;
    sink.opened(TOPICS);
    this.#stopResubscribing();
    this.#send(hello);
    for (const topic of TOPICS) this.#send(subscription(topic, lastEvents));
    if (this.#filter) this.#subscribeMetrics(this.#filter);
    this.#o.logs.connected({
      subscribe: (filter) => this.#send({ type: "sub", id: SUB_IDS.logs, topic: "logs", filter }),
      unsubscribe: () => this.#send({ type: "unsub", id: SUB_IDS.logs }),
      ack: (n) => this.#send({ type: "ack", id: SUB_IDS.logs, n }),
    });
  }

  #subscribeMetrics(filter: Filter): void {
    const sub: Sub = { type: "sub", id: SUB_IDS.metrics, topic: "metrics", filter };
    this.#o.sink.filtered(sub.id, filter);
    this.#send(sub);
  }

  #frame(generation: number, text: string): void {
    if (generation !== this.#link.generation || this.#link.socket === "none") return;
    const { messages, malformed } = decodeFrame(text);
    this.#meter.frame(text.length, messages.length);
    this.#meter.count("malformed", malformed);
    this.#meter.received(messages);
    this.#lastFrameAt = this.#o.clock.wall();
    this.#dispatch({ type: "frame", generation });
    for (const m of messages) this.#heed(generation, m);
    if (!messages.some(isData)) return;
    const received = this.#o.sink.receive(messages, this.#rtt ?? 0);
    this.#meter.count("gaps", received.gaps);
    this.#meter.count("resyncs", received.resyncs);
    for (const topic of received.resubscribe) this.#resubscribe(topic, generation);
    this.#dispatch({ type: received.synced ? "synced" : "desynced", generation });
  }

  /** heed does what a message asks of the connection itself. */
  #heed(generation: number, m: ServerMessage): void {
    switch (m.type) {
      case "ping":
        // The other side measures too: its answer goes out before any work.
        this.#send({ type: "pong", n: m.n });
        return;
      case "pong":
        this.#dispatch({ type: "pong", generation, n: m.n });
        return;
      case "welcome":
        this.#dispatch({ type: "welcome", generation, heartbeatMs: m.heartbeatMs });
        return;
      case "logs":
        this.#o.logs.received(m);
        return;
      case "subbed":
        if (m.topic === "logs") this.#o.logs.answered(null);
        return;
      case "error":
        if (m.id === SUB_IDS.logs) this.#o.logs.answered(m.message);
    }
  }

  #resubscribe(topic: Topic, generation: number): void {
    if (this.#resubscribeTimers.has(topic)) return;
    const now = this.#o.clock.now();
    const wait = (this.#resubscribedAt.get(topic) ?? Number.NEGATIVE_INFINITY) + RESUBSCRIBE_MS - now;
    const send = () => {
      this.#resubscribeTimers.delete(topic);
      if (generation !== this.#link.generation) return;
      this.#resubscribedAt.set(topic, this.#o.clock.now());
      this.#send(subscription(topic, this.#o.lastEvents));
    };
    if (wait <= 0) send();
    else this.#resubscribeTimers.set(topic, this.#o.timers.after(wait, send));
  }

  #stopResubscribing(): void {
    for (const stop of this.#resubscribeTimers.values()) stop();
    this.#resubscribeTimers.clear();
    this.#resubscribedAt.clear();
  }

  #send(message: object): void {
    this.#socket?.send(JSON.stringify(message));
  }

  /** arm sets the one timer for the machine's next instant. */
  #arm(): void {
    this.#stopTick();
    this.#stopTick = () => {};
    if (this.#link.phase === "idle") return;
    const now = this.#o.clock.now();
    const due = nextTickAt(this.#link) ?? Number.POSITIVE_INFINITY;
    const wait = Math.max(0, Math.min(due, now + TICK_MS) - now);
    this.#stopTick = this.#o.timers.after(wait, () => this.#dispatch({ type: "tick" }));
  }

  /** report tells the sink when the state shown changed, and of the quality once a second. */
  #report(): void {
    const now = this.#o.clock.now();
    const due = Math.abs(now - this.#qualityAt) >= TICK_MS;
    if (!due && !this.#lost && !shows(this.#shown, this.#link)) return;
    if (due) {
      this.#quality = this.#meter.snapshot();
      this.#qualityAt = now;
    }
    const lost = this.#lost;
    this.#lost = false;
    this.#shown = this.#link;
    const state = view(this.#link, this.#o.clock, this.#lastFrameAt, this.#rtt);
    this.#o.sink.report(state, this.#quality, lost);
  }
}

const COUNTERS = { reconnect: "reconnects", stall: "stalls", missedBeat: "missedBeats" } as const;

/** Whether a message is for the sink. */
function isData(m: ServerMessage): boolean {
  return m.type !== "ping" && m.type !== "pong" && m.type !== "logs";
}

function subscription(topic: Topic, lastEvents: number): Sub {
  const sub: Sub = { type: "sub", id: SUB_IDS[topic], topic };
  if (topic === "events") sub.filter = { last: lastEvents };
  return sub;
}

function shows(a: LinkState, b: LinkState): boolean {
  return a.phase !== b.phase || a.retryAt !== b.retryAt || a.attempt !== b.attempt || a.reason !== b.reason;
}

function view(link: LinkState, clock: Clock, lastFrameAt: number | null, rtt: number | null): ConnectionState {
  const offset = clock.wall() - clock.now();
  return {
    phase: link.phase,
    transport: link.transport,
    since: link.since + offset,
    retryAt: link.retryAt === null ? null : link.retryAt + offset,
    attempt: link.attempt,
    lastFrameAt,
    rtt,
    reason: link.reason,
    pollEveryMs: null,
    why: null,
    nextProbeAt: null,
  };
}
