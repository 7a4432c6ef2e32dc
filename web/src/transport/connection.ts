/**
 * The driver of the state machine: the only place with sockets, polls and
 * timers. It feeds the machine with what happens, runs its effects, and hands
 * what the server says to the sink, a frame or a poll at a time.
 */

import { PROTOCOL_VERSION } from "../api/columns.gen";
import type { ServerMessage } from "../api/messages";
import type { ClientInfo, Filter, Hello, Resume, Sub, Welcome } from "../api/types.gen";
import type { Clock } from "../lib/clock";
import type { Timers } from "../lib/timers";
import type { Authenticator, SignIn } from "./auth";
import type { Random } from "./backoff";
import { decodeFrame } from "./decode";
import { type Effect, initialLink, type LinkEvent, type LinkState, nextTickAt } from "./link";
import type { LogStreams } from "./logs";
import { step } from "./machine";
import { FollowedTopics } from "./optional";
import { Poller, type SyncRequest } from "./poller";
import { differs, isPolling, pollEvery } from "./polling";
import { type Quality, QualityMeter } from "./quality";
import { Resubscriber } from "./resubscriber";
import type { Signals } from "./signals";
import type { ConnectionState, Received, Sink } from "./sink";
import type { OpenSocket, Socket } from "./socket";
import { isForSink, SUB_IDS, subscription } from "./topics";
import type { TroubleLog } from "./trouble";

export interface ConnectionOptions {
  readonly sink: Sink;
  readonly logs: LogStreams;
  readonly trouble: Pick<TroubleLog, "add" | "end">;
  readonly auth: Authenticator;
  readonly sync: SyncRequest;
  readonly open: OpenSocket;
  readonly url: string;
  readonly client: ClientInfo;
  /** The largest frame the server shall send, in bytes; left out for its own limit. */
  readonly maxFrame?: number | undefined;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly signals: Signals;
  readonly random: Random;
  /** How many past events a snapshot brings. */
  readonly lastEvents: number;
}

/** The longest time between two ticks: the countdown and the quality are as old as that. */
const TICK_MS = 1_000;
export function initialConnection(clock: Clock): ConnectionState {
  return view(initialLink(clock.now()), clock, null, null);
}

export class Connection {
  readonly #o: ConnectionOptions;
  readonly #meter: QualityMeter;
  #link: LinkState;
  readonly #topics: FollowedTopics;
  /** Follows a topic until the function it returns is called. */
  readonly follow: FollowedTopics["follow"];
  readonly #poller: Poller;
  #socket: Socket | null = null;
  /** What the probe was welcomed with, for its promotion. */
  #welcome: Welcome | null = null;
  #stopTick: () => void = () => {};
  /** When it rings, by the clock. */
  #tickAt = Number.POSITIVE_INFINITY;
  #stopSignals: readonly (() => void)[] = [];
  #filter: Filter | null = null;
  #rtt: number | null = null;
  /** The server's ping that is being answered. */
  #answer: number | null = null;
  #lastFrameAt: number | null = null;
  #shown: LinkState;
  #quality: Quality;
  #qualityAt = Number.NEGATIVE_INFINITY;
  #lost = false;
  readonly #resubscriber: Resubscriber;
  /** Events are handled one after the other: an effect may cause the next at once. */
  readonly #queue: LinkEvent[] = [];
  #running = false;

  constructor(options: ConnectionOptions) {
    this.#o = options;
    this.#meter = new QualityMeter(options.clock);
    this.#link = initialLink(options.clock.now());
    this.#topics = new FollowedTopics({
      open: () => this.#carries(),
      send: (m) => this.#send(m),
      sink: options.sink,
      lastEvents: options.lastEvents,
    });
    this.follow = this.#topics.follow;
    this.#poller = new Poller({
      request: options.sync,
      now: () => options.clock.now(),
      topics: this.#topics.list,
      lastEvents: options.lastEvents,
    });
    this.#resubscriber = new Resubscriber(options.clock, options.timers, (topic) =>
      this.#send(subscription(topic, options.lastEvents)),
    );
    this.#shown = this.#link;
    this.#quality = this.#meter.snapshot();
  }

  readonly connect = (): void => {
    if (this.#stopSignals.length === 0) {
      const { signals } = this.#o;
      this.#stopSignals = [
        signals.onOnline(() => this.#dispatch({ type: "online" })),
        signals.onOffline(() => this.#dispatch({ type: "offline" })),
        signals.onVisible(() => this.#dispatch({ type: "visible" })),
        signals.onHidden(() => this.#dispatch({ type: "hidden" })),
        signals.onWake(() => this.#dispatch({ type: "wake" })),
      ];
      if (signals.hidden()) this.#dispatch({ type: "hidden" });
    }
    this.#dispatch({ type: "connect" });
  };

  readonly disconnect = (): void => {
    for (const stop of this.#stopSignals) stop();
    this.#stopSignals = [];
    this.#dispatch({ type: "disconnect" });
  };

  readonly retry = (): void => this.#dispatch({ type: "retry" });

  /** Polls from now on, for this reason; null lets the connection choose again. */
  readonly force = (why: string | null): void => this.#dispatch({ type: "force", why });

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
    this.#dispatch({ type: "watch", metrics: filter !== null && (filter.all || (filter.rows ?? []).length > 0) });
    // A socket that isn't open gets it with the hello; polls ask for it each time.
    if (!this.#carries()) return;
    if (filter) this.#subscribeMetrics(filter);
    else if (before) this.#send({ type: "unsub", id: SUB_IDS.metrics });
  };

  /** Whether a connection is open that carries the data. */
  #carries(): boolean {
    return this.#link.socket === "open" && !this.#link.probing;
  }

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
    this.#report();
    this.#arm();
  }

  #run(effect: Effect): void {
    switch (effect.type) {
      case "open":
        void this.#open(effect.generation);
        return;
      case "greet":
        this.#greet();
        return;
      case "hello":
        this.#hello(null);
        return;
      case "promote":
        this.#promote();
        return;
      case "close":
        this.#socket?.close(effect.code, effect.text);
        this.#socket = null;
        return;
      case "poll":
        void this.#poll(effect.id);
        return;
      case "dropped":
        this.#resubscriber.stop();
        this.#o.logs.disconnected(false);
        return;
      case "ping":
        this.#sendPing(effect.n);
        return;
      case "checkSession":
        void this.#checkSession(effect.generation);
        return;
      case "lost":
        this.#lost = true;
        this.#rtt = null;
        return;
      case "woke":
        this.#o.sink.woke();
        return;
      case "trouble":
        this.#o.trouble.add(effect.what, effect.detail);
        return;
      case "over":
        for (const what of effect.what) this.#o.trouble.end(what);
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
    const { sink } = this.#o;
    const resume = sink.resume();
    sink.opened(this.#topics.list());
    this.#hello(resume);
    this.#subscribe(null);
  }

  #hello(resume: Resume | null): void {
    const hello: Hello = { type: "hello", v: PROTOCOL_VERSION, client: this.#o.client };
    if (resume) hello.resume = resume;
    if (this.#o.maxFrame !== undefined) hello.maxFrame = this.#o.maxFrame;
    this.#send(hello);
  }

  /**
   * promote has the probe carry the data. Its hello was said long ago: it
   * subscribes from where the polls have come to since, if in the same epoch.
   */
  #promote(): void {
    const { sink } = this.#o;
    const welcome = this.#welcome;
    this.#welcome = null;
    const resume = sink.resume();
    sink.opened(this.#topics.list());
    if (welcome) sink.receive([welcome], this.#rtt ?? 0);
    this.#subscribe(resume && resume.epoch === welcome?.epoch ? resume : null);
  }

  #subscribe(from: Resume | null): void {
    this.#resubscriber.stop();
    for (const topic of this.#topics.list()) {
      const sub = subscription(topic, this.#o.lastEvents);
      const seq = from?.topics[topic];
      this.#send(seq === undefined ? sub : { ...sub, from: seq });
    }
    if (this.#filter) this.#subscribeMetrics(this.#filter);
    this.#o.logs.connected({
      subscribe: (filter) => this.#send({ type: "sub", id: SUB_IDS.logs, topic: "logs", filter }),
      unsubscribe: () => this.#send({ type: "unsub", id: SUB_IDS.logs }),
      ack: (n) => this.#send({ type: "ack", id: SUB_IDS.logs, n }),
    });
  }

  async #poll(id: number): Promise<void> {
    if (!isPolling(this.#link)) {
      // Something else has carried the data since the last poll.
      this.#poller.begin();
      void this.#askRole(id);
    }
    const { sink, auth } = this.#o;
    const answer = await this.#poller.ask(auth, () =>
      this.#awaits(id) ? { resume: sink.resume(), filter: this.#filter } : null,
    );
    if (!this.#awaits(id)) return;
    if (!answer.ok) {
      this.#dispatch({ ...answer.failure, type: "pollFailed", id });
      return;
    }
    const { polled, malformed, bytes, ms } = answer;
    this.#meter.frame(bytes, polled.messages.length);
    this.#meter.count("malformed", malformed);
    this.#lastFrameAt = this.#o.clock.wall();
    const received = sink.polled(polled, ms);
    this.#note(received, polled.messages);
    this.#poller.distrust(received.resubscribe);
    const changed = polled.messages.some((m) => m.type === "delta" || m.type === "snapEnd");
    const again = malformed > 0 || received.resubscribe.length > 0;
    this.#dispatch({ type: "polled", id, ms, changed, again });
    this.#o.logs.disconnected(isPolling(this.#link));
  }

  async #askRole(id: number): Promise<void> {
    const answer = await this.#o.auth.check();
    if (answer.ok && answer.role !== undefined && id <= this.#link.poll.id) this.#o.sink.role(answer.role);
  }

  /** Whether the answer to this poll is still waited for. */
  #awaits(id: number): boolean {
    return this.#link.poll.id === id && this.#link.poll.askedAt !== null;
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
    const { probing } = this.#link;
    for (const m of messages) this.#heed(generation, m);
    // What a probe says concerns the connection alone.
    if (probing || !messages.some(isForSink)) return;
    const received = this.#o.sink.receive(messages, this.#rtt ?? 0);
    this.#note(received, messages);
    this.#resubscriber.again(received.resubscribe);
    this.#dispatch({ type: received.synced ? "synced" : "desynced", generation });
  }

  /** heed does what a message asks of the connection itself. */
  #heed(generation: number, m: ServerMessage): void {
    switch (m.type) {
      case "ping":
        // The other side measures too: its answer goes out before any work.
        this.#answer = m.n;
        this.#dispatch({ type: "asked", generation });
        if (this.#answer !== null) this.#send({ type: "pong", n: this.#answer });
        this.#answer = null;
        return;
      case "pong":
        this.#dispatch({ type: "pong", generation, n: m.n });
        return;
      case "welcome":
        if (this.#link.probing) this.#welcome = m;
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

  /** note counts and logs what did not fit. */
  #note(received: Received, messages: readonly ServerMessage[]): void {
    this.#meter.count("gaps", received.gaps);
    this.#meter.count("resyncs", received.resyncs);
    if (received.gaps > 0) {
      const topics = received.resubscribe.join(", ");
      this.#o.trouble.add("gap", `What came of ${topics} did not follow on what was here, and is fetched anew`);
    }
    if (received.resyncs === 0) return;
    for (const m of messages) {
      if (m.type === "resync") this.#o.trouble.add("resync", `The server began ${m.topic} anew (${m.reason})`);
    }
  }

  #sendPing(n: number): void {
    const ping = { type: "ping", n };
    this.#send(this.#answer === null ? ping : [{ type: "pong", n: this.#answer }, ping]);
    this.#answer = null;
  }

  #send(message: object): void {
    this.#socket?.send(JSON.stringify(message));
  }

  /**
   * arm sets the one timer for the machine's next instant, or the next report. One that
   * rings sooner is left as it is: a tick too many does nothing, and frames come often.
   */
  #arm(): void {
    const now = this.#o.clock.now();
    const report = Math.min(this.#qualityAt, now) + TICK_MS;
    const due = Math.min(nextTickAt(this.#link) ?? Number.POSITIVE_INFINITY, report);
    const idle = this.#link.phase === "idle";
    if (!idle && this.#tickAt <= due) return;
    this.#stopTick();
    this.#stopTick = () => {};
    this.#tickAt = idle ? Number.POSITIVE_INFINITY : due;
    if (idle) return;
    this.#stopTick = this.#o.timers.after(Math.max(0, due - now), () => {
      this.#tickAt = Number.POSITIVE_INFINITY;
      this.#dispatch({ type: "tick" });
    });
  }

  /** report tells the sink when the state shown changed, and of the quality once a second. */
  #report(): void {
    const now = this.#o.clock.now();
    const due = Math.abs(now - this.#qualityAt) >= TICK_MS;
    if (!due && !this.#lost && !differs(this.#shown, this.#link)) return;
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

const COUNTERS = {
  reconnect: "reconnects",
  stall: "stalls",
  missedBeat: "missedBeats",
  poll: "polls",
  probe: "probes",
} as const;

function view(link: LinkState, clock: Clock, lastFrameAt: number | null, rtt: number | null): ConnectionState {
  const offset = clock.wall() - clock.now();
  const wall = (t: number | null) => (t === null ? null : t + offset);
  return {
    phase: link.phase,
    transport: link.transport,
    since: link.since + offset,
    retryAt: wall(link.retryAt),
    attempt: link.attempt,
    lastFrameAt,
    rtt,
    reason: link.reason,
    pollEveryMs: link.phase === "polling" ? pollEvery(link) : null,
    why: link.transport === "polling" ? link.why : null,
    nextProbeAt: wall(link.probeAt),
  };
}
