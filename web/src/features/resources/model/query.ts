/** The filter of a list: every word must fit. A word with "-" in front must not. */
import type { Kind, Row } from "./kind";

export interface Query<R extends Row> {
  passes(row: R): boolean;
  /** Words that mean nothing here, as they were typed. They let everything pass. */
  readonly unknown: readonly string[];
}

export function parseQuery<R extends Row>(kind: Kind<R>, text: string): Query<R> {
  const tests: ((row: R) => boolean)[] = [];
  const unknown: string[] = [];
  for (const raw of text.split(/\s+/)) {
    const not = raw.length > 1 && raw.startsWith("-");
    const word = (not ? raw.slice(1) : raw).toLowerCase();
    if (word === "") continue;
    const test = testOf(kind, word);
    if (test === null) unknown.push(raw);
    else tests.push(not ? (row) => !test(row) : test);
  }
  return { unknown, passes: (row) => tests.every((test) => test(row)) };
}

function testOf<R extends Row>(kind: Kind<R>, word: string): ((row: R) => boolean) | null {
  const [, name, value] = /^([a-z]+):(.*)$/.exec(word) ?? [];
  if (name === "is") return kind.flags.find((f) => f.word === value)?.test ?? null;
  const field = name === undefined ? undefined : kind.fields[name];
  if (field !== undefined && value !== undefined) {
    return (row) => field(row).some((v) => v.toLowerCase().includes(value));
  }
  // "nginx:1.27" is a name with a colon, no field.
  return (row) => kind.text(row).some((v) => v.toLowerCase().includes(word));
}

/** The words that a query may have, for who asks. */
export function wordsOf<R extends Row>(kind: Kind<R>): readonly string[] {
  return [...Object.keys(kind.fields).map((f) => `${f}:…`), ...kind.flags.map((f) => `is:${f.word}`)];
}
