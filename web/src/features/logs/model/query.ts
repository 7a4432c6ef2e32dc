/** What is looked for in a log: words or a regular expression, made into one that is safe to run on every line. */
export interface Query {
  readonly text: string;
  readonly matchCase: boolean;
  readonly regex: boolean;
}

/** From, to (exclusive), from, to… within a text. */
export type Ranges = readonly number[];

export interface Matcher {
  test(text: string): boolean;
  ranges(text: string): Ranges;
}

export type Compiled =
  | { readonly matcher: Matcher; readonly error: null }
  | { readonly matcher: null; readonly error: string };

/** Highlights in a line at most: a thousand of them say no more than that. */
const MAX_RANGES = 500;

/** compileQuery never throws; an empty text has neither matcher nor error. */
export function compileQuery(query: Query): Compiled | null {
  if (query.text === "") return null;
  const flags = query.matchCase ? "g" : "gi";
  if (!query.regex) {
    const literal = query.text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
    return { matcher: new RegExpMatcher(new RegExp(literal, flags)), error: null };
  }
  if (repeatsRepetition(query.text)) {
    return {
      matcher: null,
      error: "A repetition of a repetition, such as (a+)+, could take for ever. Say it without.",
    };
  }
  try {
    return { matcher: new RegExpMatcher(new RegExp(query.text, flags)), error: null };
  } catch (err) {
    return { matcher: null, error: reason(err) };
  }
}

class RegExpMatcher implements Matcher {
  readonly #pattern: RegExp;

  constructor(pattern: RegExp) {
    this.#pattern = pattern;
  }

  test(text: string): boolean {
    this.#pattern.lastIndex = 0;
    return this.#pattern.test(text);
  }

  ranges(text: string): Ranges {
    const found: number[] = [];
    this.#pattern.lastIndex = 0;
    for (let m = this.#pattern.exec(text); m && found.length < 2 * MAX_RANGES; m = this.#pattern.exec(text)) {
      const end = m.index + m[0].length;
      if (end > m.index) found.push(m.index, end);
      // An empty match does not move on by itself.
      else this.#pattern.lastIndex = end + 1;
    }
    return found;
  }
}

/** "Invalid regular expression: /(/gi: Unterminated group" says it in its last words. */
function reason(err: unknown): string {
  const message = err instanceof Error ? err.message : "";
  const words = message.slice(message.lastIndexOf(": ") + 2);
  return `Not a regular expression: ${words === "" ? "it can't be read" : words}.`;
}

/**
 * Whether a group that repeats something is itself repeated without a bound.
 * Such expressions can take time that doubles with every character, in which
 * the page would stand still.
 */
function repeatsRepetition(source: string): boolean {
  // Escapes and classes hold no groups: one letter stands for each.
  const plain = source.replace(/\\[\s\S]|\[(?:\\[\s\S]|[^\]])*\]/g, "a");
  /** For each open group: whether something in it repeats. */
  const groups: boolean[] = [false];
  for (let i = 0; i < plain.length; i++) {
    if (plain[i] === "(") groups.push(false);
    else if (plain[i] === ")") {
      const inner = groups.pop() ?? false;
      const repeated = isRepeat(plain, i + 1);
      if (inner && repeated) return true;
      groups.push((groups.pop() ?? false) || inner || repeated);
    } else if (isRepeat(plain, i)) groups[groups.length - 1] = true;
  }
  return false;
}

/** *, + and {n,}; a count with a bound of at most 9 is harmless. */
function isRepeat(source: string, i: number): boolean {
  const c = source[i];
  if (c === "*" || c === "+") return true;
  if (c !== "{") return false;
  const m = /^\{(\d+)(,?)(\d*)\}/.exec(source.slice(i, i + 16));
  return m !== null && ((m[2] === "," && m[3] === "") || Number(m[3] || m[1]) > 9);
}
