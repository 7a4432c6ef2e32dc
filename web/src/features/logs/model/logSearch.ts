/**
 * The search in a log: which lines match, which of them is the current one. It
 * works in slices of a few milliseconds, between pictures, and keeps up with
 * the lines that come.
 */
import { stripAnsi } from "./ansi";
import { LINE, type LogBuffer } from "./logBuffer";
import { PlaceList } from "./placeList";
import { compileQuery, type Matcher, type Query } from "./query";

/** A slice of searching at most, in milliseconds. */
export const SLICE_MS = 6;
/** A line that takes so long to be looked at says that the expression is no good. */
const SLOW_LINE_MS = 100;

export class LogSearch {
  readonly lines = new PlaceList();
  #query: Query = { text: "", matchCase: false, regex: false };
  #matcher: Matcher | null = null;
  #error: string | null = null;
  /** The id of the current line, 0 for none. */
  #current = 0;
  #done = true;

  get query(): Query {
    return this.#query;
  }

  get matcher(): Matcher | null {
    return this.#matcher;
  }

  get error(): string | null {
    return this.#error;
  }

  get current(): number {
    return this.#current;
  }

  /** Whether every line has been looked at. */
  get done(): boolean {
    return this.#done;
  }

  set(query: Query): void {
    this.#query = query;
    const compiled = compileQuery(query);
    this.#matcher = compiled?.matcher ?? null;
    this.#error = compiled?.error ?? null;
    this.#current = 0;
    this.restart();
  }

  /** Looks at all lines anew. */
  restart(): void {
    this.lines.clear();
    this.#done = this.#matcher === null;
  }

  /** Goes on looking for as long as one slice. */
  step(buffer: LogBuffer, changedFrom: number, shown: (src: number) => boolean, now: () => number): void {
    const matcher = this.#matcher;
    if (!matcher) return;
    this.lines.sync(buffer.first, changedFrom);
    if (this.lines.upTo(buffer)) {
      this.#done = true;
      return;
    }
    const begin = now();
    let slowest = 0;
    const test = (place: number): boolean => {
      if (buffer.kind(place) > LINE.stderr || !shown(buffer.src(place))) return false;
      const text = stripAnsi(buffer.text(place));
      if (!this.#query.regex) return matcher.test(text);
      const at = now();
      const found = matcher.test(text);
      slowest = Math.max(slowest, now() - at);
      return found;
    };
    this.#done = this.lines.scan(buffer, test, () => slowest > SLOW_LINE_MS || now() - begin > SLICE_MS);
    if (slowest > SLOW_LINE_MS) this.#giveUp();
  }

  /**
   * Moves to the next matching line: down (1) or up (-1), round the ends. Without
   * a current one it is the last at or before the place, so that the search begins
   * at what is looked at. Returns the place, -1 when nothing matches.
   */
  move(buffer: LogBuffer, direction: 1 | -1, from: number): number {
    const { count } = this.lines;
    if (count === 0) return -1;
    const at = this.#current === 0 ? -1 : buffer.placeOf(this.#current);
    let index: number;
    if (at < 0) index = Math.max(0, this.lines.indexOf(from + 1) - 1);
    else if (direction === 1) index = this.lines.indexOf(at + 1);
    else index = this.lines.indexOf(at) - 1;
    const place = this.lines.place((index + count) % count);
    this.#current = buffer.id(place);
    return place;
  }

  /** Which of the matching lines the current one is, from 1; 0 when there is none. */
  ordinal(buffer: LogBuffer): number {
    if (this.#current === 0) return 0;
    const place = buffer.placeOf(this.#current);
    return place < 0 ? 0 : this.lines.indexOf(place) + 1;
  }

  #giveUp(): void {
    this.#matcher = null;
    this.#error = "This expression takes too long for these lines. A simpler one would do.";
    this.restart();
  }
}
