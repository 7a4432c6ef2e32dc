/**
 * The page's one log subscription: topic "logs" over the connection, with its
 * flow control, and over REST where there is no WebSocket. Whoever shows a log
 * opens it and is handed frames of lines; which socket is below it is not told.
 *
 * A frame is acknowledged when the sink has taken it in, before a picture: a
 * page that is slow, or hidden, is sent no more than the window.
 */
import type { Filter, LogsFrame } from "../api/types.gen";
import type { Frames, Timers } from "../lib/timers";
import { LogPoller, type LogRequest } from "./logPoller";
import { LogPosition } from "./logPosition";

export interface LogQuery {
  /** By key; LogsFrame.src are positions in it. At most 64. */
  readonly containers: readonly string[];
  /** How many past lines of each come first. */
  readonly tail: number;
}

export interface LogSink {
  /** Takes lines in; called before a picture is drawn, so not while the page is hidden. */
  frame(f: LogsFrame): void;
  /** What was given so far is void: everything comes anew, or nothing more where there is no `closed`. */
  reset(): void;
  /** Somebody else has opened a log: nothing comes any more. */
  closed?(): void;
}

export interface OpenLog {
  close(): void;
}

/** The connection, as the logs see it. */
export interface LogWire {
  subscribe(filter: Filter): void;
  unsubscribe(): void;
  ack(n: number): void;
}

export interface LogStreamsOptions {
  readonly frames: Frames;
  readonly timers: Timers;
  readonly request: LogRequest;
}

/** The log that is open. */
interface Open {
  readonly query: LogQuery;
  readonly sink: LogSink;
  readonly position: LogPosition;
}

export class LogStreams {
  readonly #frames: Frames;
  readonly #poller: LogPoller;
  #open: Open | null = null;
  /** The connection's other end; null while there is none, or none that carries logs. */
  #wire: LogWire | null = null;
  #polling = false;
  /** Subscriptions without an answer: until the last has one, frames are those of an older one. */
  #unanswered = 0;
  /** What waits for the next picture: at most the server's window. */
  #waiting: LogsFrame[] = [];
  #scheduled = false;

  constructor(options: LogStreamsOptions) {
    this.#frames = options.frames;
    this.#poller = new LogPoller(options.timers, () => this.#isReady(), options.request);
  }

  /** Opens a log. One is open at a time: the one before gets nothing more. */
  readonly open = (query: LogQuery, sink: LogSink): OpenLog => {
    const before = this.#open;
    this.#drop();
    const open: Open = { query, sink, position: new LogPosition(query.containers) };
    this.#open = open;
    if (before) tellClosed(before.sink);
    if (this.#wire) this.#subscribe(this.#wire, open);
    else if (this.#polling) this.#poll(open);
    return { close: () => this.#close(open) };
  };

  // What the connection calls.

  /** A connection carries logs from now on. */
  connected(wire: LogWire): void {
    this.#polling = false;
    this.#poller.stop();
    this.#drop();
    this.#wire = wire;
    this.#unanswered = 0;
    if (this.#open) this.#subscribe(wire, this.#open);
  }

  /** There is no connection any more; polling: but there is HTTP. */
  disconnected(polling: boolean): void {
    if (this.#wire) this.#drop();
    this.#wire = null;
    if (polling === this.#polling) return;
    this.#polling = polling;
    if (!polling) this.#poller.stop();
    else if (this.#open) this.#poll(this.#open);
  }

  /** A subscription was answered; with an error, when the server does not serve it. */
  answered(error: string | null): void {
    this.#unanswered = Math.max(0, this.#unanswered - 1);
    const open = this.#open;
    if (error === null || !open || this.#unanswered > 0) return;
    const states = open.query.containers.map((_, src) => ({ src, phase: "failed" as const, message: error }));
    this.#take({ type: "logs", topic: "logs", id: 0, n: 0, states });
  }

  received(frame: LogsFrame): void {
    if (this.#open && this.#unanswered === 0) this.#take(frame);
  }

  #close(open: Open): void {
    if (this.#open !== open) return;
    this.#open = null;
    this.#drop();
    this.#poller.stop();
    this.#wire?.unsubscribe();
  }

  #subscribe(wire: LogWire, open: Open): void {
    const { containers, tail } = open.query;
    const filter: Filter = { containers: [...containers], tail };
    const since = open.position.resume();
    if (since) filter.since = since;
    this.#unanswered++;
    wire.subscribe(filter);
  }

  #poll(open: Open): void {
    this.#poller.start(open.query, open.position, (frame) => this.#take(frame));
  }

  #take(frame: LogsFrame): void {
    this.#waiting.push(frame);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#frames.request(() => {
      this.#scheduled = false;
      this.#hand();
    });
  }

  /** hand gives the sink what waits, and confirms it. */
  #hand(): void {
    const open = this.#open;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (!open) return;
    for (const frame of waiting) {
      const news = open.position.take(frame);
      if (!isEmpty(news)) open.sink.frame(news);
      // The sink may have closed it, or opened another.
      if (this.#open !== open) return;
    }
    const last = waiting.at(-1)?.n ?? 0;
    if (last > 0) this.#wire?.ack(last);
  }

  #isReady(): boolean {
    return this.#waiting.length === 0 && !this.#frames.hidden();
  }

  /** drop forgets what waits: it was not confirmed, and comes again. */
  #drop(): void {
    this.#waiting = [];
  }
}

function tellClosed(sink: LogSink): void {
  if (sink.closed) sink.closed();
  else sink.reset();
}

function isEmpty(f: LogsFrame): boolean {
  return !f.text?.length && !f.skipped?.length && !f.states?.length;
}
