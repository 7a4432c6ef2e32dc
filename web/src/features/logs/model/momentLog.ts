/**
 * A log around a moment of the past, for a LogSession: the last lines before it
 * and the first from it on, read from the engine's log and not followed. More
 * before and behind come when they are asked for; all of it is then given anew,
 * because a view takes lines in at its end only. Framework-free.
 */
import { ApiError } from "../../../api/client";
import type { LogsFrame } from "../../../api/types.gen";
import type { LogQuery, LogSink, OpenLog } from "../../../transport/logs";
import type { LogOpener } from "./logSession";

/** What is asked of the server: Unix microseconds and numbers of lines. */
export interface MomentRange {
  readonly since?: number;
  readonly until?: number;
  readonly tail?: number;
  readonly head?: number;
}

export interface MomentLogState {
  readonly phase: "loading" | "ready" | "failed";
  /** Why it can't be read; "" otherwise. */
  readonly problem: string;
  /** Lines before the moment and from it on, and whether there are more. */
  readonly before: number;
  readonly after: number;
  readonly moreBefore: boolean;
  readonly moreAfter: boolean;
  /** The time of the first line from the moment on, Unix microseconds; 0 without one. */
  readonly next: number;
}

export interface MomentLogOptions {
  /** Unix microseconds. */
  readonly at: number;
  readonly request: (range: MomentRange) => Promise<LogsFrame>;
  /** Called between the lines before the moment and those from it on. */
  readonly mark: () => void;
}

interface Line {
  readonly at: number;
  readonly text: string;
  readonly err: boolean;
  readonly cut: boolean;
}

export const MOMENT_PAGE = 1_000;
/** The view keeps no more; more of the past is in the log's download. */
export const MOMENT_LINES = 20_000;
/** Looked at first: a log of a million lines is not read whole for the last few. */
const NEAR = 3_600_000_000;

const EMPTY: MomentLogState = {
  phase: "loading",
  problem: "",
  before: 0,
  after: 0,
  moreBefore: false,
  moreAfter: false,
  next: 0,
};

export class MomentLog implements LogOpener {
  readonly #o: MomentLogOptions;
  readonly #listeners = new Set<() => void>();
  #sink: LogSink | null = null;
  #before: readonly Line[] = [];
  #after: readonly Line[] = [];
  #state = EMPTY;
  /** Counts what was begun: an answer to what was asked before is not taken. */
  #turn = 0;

  constructor(options: MomentLogOptions) {
    this.#o = options;
  }

  readonly state = (): MomentLogState => this.#state;

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  };

  open(_query: LogQuery, sink: LogSink): OpenLog {
    this.#sink = sink;
    void this.load();
    return {
      close: () => {
        this.#turn++;
        if (this.#sink === sink) this.#sink = null;
      },
    };
  }

  /** Reads what is around the moment, from the beginning. */
  load(): Promise<void> {
    const { at } = this.#o;
    return this.#read({ ...EMPTY }, async () => {
      const [before, after] = await Promise.all([this.#linesBefore(at - 1), this.#linesFrom(at)]);
      return { before: before.lines, after: after.lines, moreBefore: before.more, moreAfter: after.more };
    });
  }

  /** Puts a page of lines before those that are here. */
  earlier(): Promise<void> {
    const first = this.#before[0]?.at ?? this.#o.at;
    // Those of the first line's own microsecond are here, or come again.
    const same = this.#before.filter((l) => l.at === first).length;
    return this.#read({ ...this.#state, phase: "loading" }, async () => {
      const frame = await this.#o.request({ until: first, tail: MOMENT_PAGE + same });
      const lines = linesOf(frame).slice(0, same === 0 ? undefined : -same);
      return { before: [...lines, ...this.#before], moreBefore: hasSkipped(frame) && lines.length > 0 };
    });
  }

  /** Puts a page of lines behind those that are here. */
  later(): Promise<void> {
    const last = this.#after.at(-1)?.at ?? this.#o.at;
    const same = this.#after.filter((l) => l.at === last).length;
    return this.#read({ ...this.#state, phase: "loading" }, async () => {
      const { lines, more } = await this.#linesFrom(last, MOMENT_PAGE + same);
      return { after: [...this.#after, ...lines.slice(same)], moreAfter: more && lines.length > same };
    });
  }

  async #read(
    meanwhile: MomentLogState,
    read: () => Promise<{
      before?: readonly Line[];
      after?: readonly Line[];
      moreBefore?: boolean;
      moreAfter?: boolean;
    }>,
  ): Promise<void> {
    const turn = ++this.#turn;
    this.#set({ ...meanwhile, problem: "" });
    try {
      const { before = this.#before, after = this.#after, ...more } = await read();
      if (turn !== this.#turn) return;
      this.#before = before;
      this.#after = after;
      const full = before.length + after.length >= MOMENT_LINES;
      const { moreBefore, moreAfter } = { ...this.#state, ...more };
      this.#give();
      this.#set({
        phase: "ready",
        problem: "",
        before: before.length,
        after: after.length,
        moreBefore: moreBefore && !full,
        moreAfter: moreAfter && !full,
        next: after[0]?.at ?? 0,
      });
    } catch (err) {
      if (turn !== this.#turn) return;
      this.#set({ ...this.#state, phase: "failed", problem: wordsOf(err) });
    }
  }

  /** The last lines up to a time: near it where there is a page of them, else of the whole log. */
  async #linesBefore(until: number): Promise<{ lines: Line[]; more: boolean }> {
    const near = await this.#o.request({ since: Math.max(0, until - NEAR), until, tail: MOMENT_PAGE });
    if (hasSkipped(near)) return { lines: linesOf(near), more: true };
    const all = await this.#o.request({ until, tail: MOMENT_PAGE });
    return { lines: linesOf(all), more: hasSkipped(all) };
  }

  async #linesFrom(since: number, head = MOMENT_PAGE): Promise<{ lines: Line[]; more: boolean }> {
    const frame = await this.#o.request({ since, head });
    // Only an answer that reached the end of the log says what has become of it.
    return { lines: linesOf(frame), more: frame.states === undefined };
  }

  #give(): void {
    const sink = this.#sink;
    if (!sink) return;
    sink.reset();
    sink.frame(frameOf(this.#before));
    this.#o.mark();
    sink.frame(frameOf(this.#after));
  }

  #set(state: MomentLogState): void {
    this.#state = state;
    for (const fn of [...this.#listeners]) fn();
  }
}

function hasSkipped(f: LogsFrame): boolean {
  return (f.skipped?.length ?? 0) > 0;
}

function linesOf(f: LogsFrame): Line[] {
  const err = new Set(f.err);
  const cut = new Set(f.cut);
  return (f.text ?? []).map((text, i) => ({ at: f.at?.[i] ?? 0, text, err: err.has(i), cut: cut.has(i) }));
}

function frameOf(lines: readonly Line[]): LogsFrame {
  const where = (is: (l: Line) => boolean) => lines.flatMap((l, i) => (is(l) ? [i] : []));
  return {
    type: "logs",
    topic: "logs",
    id: 0,
    n: 0,
    at: lines.map((l) => l.at),
    text: lines.map((l) => l.text),
    err: where((l) => l.err),
    cut: where((l) => l.cut),
  };
}

function wordsOf(err: unknown): string {
  if (!(err instanceof ApiError)) return "The server’s answer could not be read.";
  if (err.problem?.code === "not_found") return "The container was removed, and its log with it.";
  return err.message;
}
