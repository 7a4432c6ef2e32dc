import type { Filter, LogsFrame } from "../api/types.gen";

/** What the last microsecond of a source held. */
interface Reached {
  at: number;
  /** Its lines, which a resumed subscription brings again. */
  readonly lines: string[];
}

/** So many lines of one microsecond are told from each other; nobody writes more, but a clock may stand still. */
const MAX_LINES = 1_000;

/**
 * How far each source of a log has come: where a new subscription goes on from,
 * and which of its first lines are those we have. The last microsecond's lines
 * come again, and may have got company since.
 */
export class LogPosition {
  readonly #containers: readonly string[];
  readonly #reached = new Map<number, Reached>();
  /** Lines that are still to be dropped, by source. */
  #again = new Map<number, { readonly at: number; readonly lines: string[] }>();

  constructor(containers: readonly string[]) {
    this.#containers = containers;
  }

  /** Where a source goes on from, Unix microseconds; undefined before its first line. */
  since(src: number): number | undefined {
    return this.#reached.get(src)?.at;
  }

  /** The filter's since, and all of those lines expected once more. */
  resume(): Filter["since"] {
    const since: NonNullable<Filter["since"]> = {};
    this.#again = new Map();
    for (const [src, reached] of this.#reached) {
      const key = this.#containers[src];
      if (key === undefined) continue;
      since[key] = reached.at;
      this.#again.set(src, { at: reached.at, lines: [...reached.lines] });
    }
    return this.#reached.size === 0 ? undefined : since;
  }

  /** resumeOne is resume for one source. */
  resumeOne(src: number): void {
    const reached = this.#reached.get(src);
    if (reached) this.#again.set(src, { at: reached.at, lines: [...reached.lines] });
  }

  /** The frame without the lines that we have; the same object when it has none of them. */
  take(frame: LogsFrame): LogsFrame {
    const kept = this.#again.size === 0 ? null : this.#unknown(frame);
    const news = kept === null || kept.length === (frame.text?.length ?? 0) ? frame : pick(frame, kept);
    this.#note(news);
    return news;
  }

  /** The positions of the lines we don't have. */
  #unknown(frame: LogsFrame): number[] {
    const kept: number[] = [];
    const count = frame.text?.length ?? 0;
    for (let i = 0; i < count; i++) {
      const src = frame.src?.[i] ?? 0;
      const again = this.#again.get(src);
      if (again) {
        const at = frame.at?.[i] ?? 0;
        const known = at === again.at ? again.lines.indexOf(lineOf(frame, i)) : -1;
        if (known >= 0) {
          again.lines.splice(known, 1);
          continue;
        }
        if (at > again.at || again.lines.length === 0) this.#again.delete(src);
      }
      kept.push(i);
    }
    return kept;
  }

  /** Looks at every line's time, and at the text of the last ones only: there may be 20,000 a second. */
  #note(frame: LogsFrame): void {
    const { at = [], src } = frame;
    for (let i = 0; i < at.length; i++) {
      const s = src?.[i] ?? 0;
      const t = at[i] ?? 0;
      const reached = this.#reached.get(s);
      if (!reached) this.#reached.set(s, { at: t, lines: [] });
      else if (t > reached.at) {
        reached.at = t;
        reached.lines.length = 0;
      }
    }
    for (let i = 0; i < at.length; i++) {
      const reached = this.#reached.get(src?.[i] ?? 0);
      if (reached && reached.at === at[i] && reached.lines.length < MAX_LINES) reached.lines.push(lineOf(frame, i));
    }
  }
}

function lineOf(frame: LogsFrame, i: number): string {
  return (frame.err?.includes(i) ? "e" : "o") + (frame.text?.[i] ?? "");
}

/** pick makes a frame of some of the lines of another. */
function pick(frame: LogsFrame, kept: readonly number[]): LogsFrame {
  const place = new Map(kept.map((from, to) => [from, to]));
  const move = (positions: readonly number[]) =>
    positions.flatMap((p) => {
      const to = place.get(p);
      return to === undefined ? [] : [to];
    });
  return {
    ...frame,
    at: kept.map((i) => frame.at?.[i] ?? 0),
    text: kept.map((i) => frame.text?.[i] ?? ""),
    ...(frame.src ? { src: kept.map((i) => frame.src?.[i] ?? 0) } : {}),
    ...(frame.err ? { err: move(frame.err) } : {}),
    ...(frame.cut ? { cut: move(frame.cut) } : {}),
  };
}
