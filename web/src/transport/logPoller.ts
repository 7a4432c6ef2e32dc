/** Logs without a WebSocket: REST, again and again, a little of every container. */
import { ApiError, type LogRange } from "../api/client";
import type { LogsFrame } from "../api/types.gen";
import type { Timers } from "../lib/timers";
import type { LogPosition } from "./logPosition";

/** What is polled: as logs.ts is asked for it. */
export interface LogSources {
  readonly containers: readonly string[];
  readonly tail: number;
}

/** Asks for lines of one container, by key. */
export type LogRequest = (key: string, range: LogRange) => Promise<LogsFrame | null>;

export const LOG_POLL_MIN_MS = 1_000;
export const LOG_POLL_MAX_MS = 5_000;
/** So many requests are under way at once: a browser has six connections to a server, and states go first. */
const PARALLEL = 3;

export class LogPoller {
  readonly #timers: Timers;
  /** Whether somebody looks, and what came before has been taken in. */
  readonly #ready: () => boolean;
  readonly #request: LogRequest;
  /** Counts starts and stops: the answer to what was asked before is not taken. */
  #run = 0;
  #stopTimer: () => void = () => {};

  constructor(timers: Timers, ready: () => boolean, request: LogRequest) {
    this.#timers = timers;
    this.#ready = ready;
    this.#request = request;
  }

  start(query: LogSources, position: LogPosition, take: (frame: LogsFrame) => void): void {
    this.stop();
    const run = this.#run;
    void this.#round(run, query, position, take, LOG_POLL_MIN_MS);
  }

  stop(): void {
    this.#run++;
    this.#stopTimer();
    this.#stopTimer = () => {};
  }

  async #round(
    run: number,
    query: LogSources,
    position: LogPosition,
    take: (frame: LogsFrame) => void,
    wait: number,
  ): Promise<void> {
    let lines = 0;
    const sources = query.containers.keys();
    const work = async () => {
      for (const src of sources) {
        const frame = await this.#ask(query, position, src);
        if (run !== this.#run) return;
        lines += frame.text?.length ?? 0;
        take(frame);
      }
    };
    // What nobody sees need not come: it is asked for when the page is shown.
    if (this.#ready()) await Promise.all(Array.from({ length: PARALLEL }, work));
    if (run !== this.#run) return;
    const next = lines > 0 ? LOG_POLL_MIN_MS : Math.min(LOG_POLL_MAX_MS, wait * 1.5);
    this.#stopTimer = this.#timers.after(next, () => void this.#round(run, query, position, take, next));
  }

  /** ask answers with a frame whatever happens: what went wrong is a state of the source. */
  async #ask(query: LogSources, position: LogPosition, src: number): Promise<LogsFrame> {
    const since = position.since(src);
    const failed = (message: string): LogsFrame => ({ ...blank, states: [{ src, phase: "failed", message }] });
    try {
      const range = since === undefined ? { tail: query.tail } : { since };
      position.resumeOne(src);
      const frame = await this.#request(query.containers[src] ?? "", range);
      return frame ? ofSource(frame, src) : failed("The server's answer could not be read.");
    } catch (err) {
      // Unreachable is the connection's business, which says so; the next round asks again.
      if (!(err instanceof ApiError) || err.status === 0) return blank;
      return failed(err.message);
    }
  }
}

const blank: LogsFrame = { type: "logs", topic: "logs", id: 0, n: 0 };

/** ofSource makes one container's answer a frame of the whole log. */
function ofSource(frame: LogsFrame, src: number): LogsFrame {
  return {
    ...frame,
    n: 0,
    src: (frame.text ?? []).map(() => src),
    ...(frame.skipped ? { skipped: frame.skipped.map((s) => ({ ...s, src })) } : {}),
    ...(frame.states ? { states: frame.states.map((s) => ({ ...s, src })) } : {}),
  };
}
