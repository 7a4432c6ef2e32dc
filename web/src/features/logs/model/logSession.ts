/**
 * The logs of some containers as one: asks the transport for them, turns its
 * frames into lines of a LogBuffer, and says between them what else there is to
 * know: lines skipped, a container stopped or started again, the link lost.
 *
 * Framework-free. Listeners are told when there is something new to draw; a
 * drawing asks the buffer.
 */
import type { LogPhase, LogState, LogsFrame } from "../../../api/types.gen";
import { formatClock } from "../../../components/format/time";
import type { LogQuery, LogSink, OpenLog } from "../../../transport/logs";
import { linesText } from "./countText";
import { LINE, LogBuffer, type LogRecord } from "./logBuffer";

/** Where the lines come from: live.logs. */
export interface LogOpener {
  open(query: LogQuery, sink: LogSink): OpenLog;
}

/** What the session asks the page's data. */
export interface LogWorld {
  /** The server's time now, Unix milliseconds. */
  now(): number;
  name(key: string): string | null;
}

export interface LogSource {
  /** ENGINE/ID */
  readonly key: string;
  /** The last name that was known. */
  readonly name: string;
  /** null: nothing was heard of it yet. */
  readonly phase: LogPhase | null;
  /** What is wrong, with phase failed. */
  readonly message: string;
}

/** What the protocol lets one subscription follow. */
export const MAX_SOURCES = 64;
/** A link lost for less than that is nobody's business. */
const CUT_MS = 1_500;

interface Reached {
  /** The time of the source's last line in microseconds, and how many had that very time. */
  at: number;
  same: number;
  /** Lines of that time still to be dropped, after the subscription was changed. */
  again: number;
}

export class LogSession {
  buffer: LogBuffer;
  readonly #opener: LogOpener;
  readonly #world: LogWorld;
  readonly #listeners = new Set<() => void>();
  #sources: LogSource[] = [];
  #tail: number;
  #open: OpenLog | null = null;
  readonly #reached = new Map<number, Reached>();
  /** Sources whose lines up to #reached come again, and whether one of those has. */
  readonly #repeating = new Map<number, boolean>();
  #lostAt: number | null = null;
  #taken = false;

  constructor(opener: LogOpener, world: LogWorld, capacity: number, tail: number) {
    this.#opener = opener;
    this.#world = world;
    this.#tail = tail;
    this.buffer = new LogBuffer(capacity);
  }

  /** The containers, by position; the same array until one changes. */
  get sources(): readonly LogSource[] {
    return this.#sources;
  }

  /** Another log was opened, and there is one at a time. */
  get taken(): boolean {
    return this.#taken;
  }

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  };

  /**
   * Follows these containers. Those that are followed already stay where they
   * are, and one that is no longer named stays too: its lines are still here.
   */
  follow(keys: readonly string[]): void {
    const known = new Set(this.#sources.map((s) => s.key));
    const more = keys.filter((key) => !known.has(key)).slice(0, MAX_SOURCES - this.#sources.length);
    if (more.length > 0) {
      const added = more.map((key) => ({ key, name: this.#nameOf(key), phase: null, message: "" }));
      this.#sources = [...this.#sources, ...added];
    }
    if (more.length === 0 && (this.#open || this.#taken)) return;
    for (const [src, reached] of this.#reached) {
      reached.again = reached.same;
      this.#repeating.set(src, false);
    }
    this.#subscribe();
  }

  /** Starts over with another number of past lines or of lines kept. */
  restart(tail: number, capacity: number): void {
    if (tail === this.#tail && capacity === this.buffer.capacity) return;
    this.#tail = tail;
    if (capacity !== this.buffer.capacity) this.buffer = new LogBuffer(capacity);
    this.#forget();
    if (this.#open) this.#subscribe();
    this.#tell();
  }

  /** Takes the lead back after another log was opened. */
  reopen(): void {
    this.#taken = false;
    this.#forget();
    this.#subscribe();
    this.#tell();
  }

  close(): void {
    this.#open?.close();
    this.#open = null;
  }

  clear(): void {
    this.buffer.clear();
    this.#tell();
  }

  /** The containers' names may have changed. */
  renamed(): void {
    const next = this.#sources.map((s) => {
      const name = this.#world.name(s.key) ?? s.name;
      return name === s.name ? s : { ...s, name };
    });
    if (next.every((s, i) => s === this.#sources[i])) return;
    this.#sources = next;
    this.#tell();
  }

  /** The link is up or is not. */
  linked(up: boolean): void {
    const now = this.#world.now();
    if (!up) {
      this.#lostAt ??= now;
      return;
    }
    const since = this.#lostAt;
    this.#lostAt = null;
    if (since === null || now - since < CUT_MS || this.buffer.length === 0) return;
    // Right behind what was here: the lines that were missed follow it.
    const text = `connection lost ${formatClock(since)} to ${formatClock(now)}`;
    this.buffer.append([{ src: -1, at: this.buffer.lastAt(-1), kind: LINE.gap, text }]);
    this.#tell();
  }

  #nameOf(key: string): string {
    return this.#world.name(key) ?? key.slice(key.indexOf("/") + 1, key.indexOf("/") + 13);
  }

  #subscribe(): void {
    const before = this.#open;
    this.#open = null;
    before?.close();
    if (this.#sources.length === 0) return;
    this.#taken = false;
    this.#open = this.#opener.open(
      { containers: this.#sources.map((s) => s.key), tail: this.#tail },
      {
        frame: (f) => this.#take(f),
        reset: () => {
          this.#forget();
          this.#tell();
        },
        closed: () => {
          this.#open = null;
          this.#taken = true;
          this.#tell();
        },
      },
    );
  }

  #forget(): void {
    this.buffer.reset();
    this.#reached.clear();
    this.#repeating.clear();
    this.#sources = this.#sources.map((s) => ({ ...s, phase: null, message: "" }));
  }

  #take(f: LogsFrame): void {
    const records: LogRecord[] = [];
    for (const skip of f.skipped ?? []) {
      const first = f.text?.findIndex((_, i) => (f.src?.[i] ?? 0) === skip.src) ?? -1;
      records.push(this.#skipped(skip.src, skip.lines, f.at?.[first] ?? this.buffer.lastAt(skip.src)));
    }
    this.#lines(f, records);
    for (const state of f.states ?? []) this.#state(state, records);
    this.buffer.append(records);
    this.#tell();
  }

  #lines(f: LogsFrame, records: LogRecord[]): void {
    const at = f.at ?? [];
    const text = f.text ?? [];
    const err = f.err ?? [];
    const cut = f.cut ?? [];
    // The two lists are in order, as the lines are.
    let e = 0;
    let c = 0;
    for (let i = 0; i < text.length; i++) {
      const isErr = err[e] === i;
      const isCut = cut[c] === i;
      if (isErr) e++;
      if (isCut) c++;
      const src = f.src?.[i] ?? 0;
      const time = at[i] ?? 0;
      if (this.#isKnown(src, time)) continue;
      // Of the past lines not even the oldest was here: there were more than came.
      if (this.#repeating.get(src) === false) records.push(this.#skipped(src, 0, time));
      this.#repeating.delete(src);
      this.#reach(src, time);
      const line = text[i] ?? "";
      records.push({
        src,
        at: time,
        kind: isErr ? LINE.stderr : LINE.stdout,
        text: isCut ? `${line} … (cut off: the line is longer)` : line,
      });
    }
  }

  /** Whether a line is one that came before the subscription was changed. */
  #isKnown(src: number, at: number): boolean {
    const reached = this.#reached.get(src);
    if (!reached || !this.#repeating.has(src) || at > reached.at) return false;
    if (at === reached.at && reached.again === 0) return false;
    if (at === reached.at) reached.again--;
    this.#repeating.set(src, true);
    return true;
  }

  #reach(src: number, at: number): void {
    const reached = this.#reached.get(src);
    if (!reached || at > reached.at) this.#reached.set(src, { at, same: 1, again: 0 });
    else if (at === reached.at) reached.same++;
  }

  #skipped(src: number, lines: number, at: number): LogRecord {
    const count = lines === 0 ? "lines" : linesText(lines);
    return { src, at, kind: LINE.gap, text: `${count} skipped: written faster than they could be read` };
  }

  #state({ src, phase, message }: LogState, records: LogRecord[]): void {
    const source = this.#sources[src];
    if (!source || (source.phase === phase && source.message === message)) return;
    const at = records.findLast((r) => r.src === src)?.at ?? (this.buffer.lastAt(src) || this.buffer.lastAt(-1));
    const note = (kind: LogRecord["kind"], text: string) => records.push({ src, at, kind, text });
    // One that was made and is not started yet has not stopped.
    const begun = this.buffer.lastAt(src) > 0 || records.some((r) => r.src === src);
    if (phase === "failed") note(LINE.failed, message);
    else if (phase === "ended" && begun) note(LINE.note, "container stopped");
    else if (source.phase === "ended" && begun) note(LINE.note, "container started again");
    this.#sources = this.#sources.map((s, i) => (i === src ? { ...s, phase, message } : s));
  }

  #tell(): void {
    for (const fn of [...this.#listeners]) fn();
  }
}
