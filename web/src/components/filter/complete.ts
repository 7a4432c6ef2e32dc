import type { Container } from "../../api/types.gen";
import { CONDITIONS, FIELDS, type Field, HEALTHS, MEANINGS, METRICS, type Metric, STATES } from "./fields";
import { quote, tokens } from "./tokens";

/** Something the word at the caret can become. */
export interface Suggestion {
  /** What takes the place of the word. */
  readonly text: string;
  /** What stands behind it in the list. */
  readonly hint: string;
  /** Whether the word is whole then, so that a space may follow. */
  readonly whole: boolean;
}

export interface Completion {
  /** The part of the query that a suggestion takes the place of. */
  readonly start: number;
  readonly end: number;
  readonly suggestions: readonly Suggestion[];
}

/** Where values come from that are seen in the data. */
export interface Seen {
  readonly containers: Iterable<Container>;
  engineName(id: string): string;
}

const MOST = 10;
const NOTHING: Completion = { start: 0, end: 0, suggestions: [] };

/** All words there are, fields before metrics. */
export const ALL_WORDS: readonly (Field | Metric)[] = [...FIELDS, ...(Object.keys(METRICS) as Metric[])];

/** What the word at the caret can become: a field of those offered, or a value that is seen in the data. */
export function complete(query: string, caret: number, seen: Seen, offered = ALL_WORDS): Completion {
  const token = tokens(query).find((t) => t.start < caret && caret <= t.end);
  if (!token) return { start: caret, end: caret, suggestions: words("", "", offered) };
  const typed = query.slice(token.start, caret);
  const minus = typed.startsWith("-") ? "-" : "";
  const word = typed.slice(minus.length);
  const at = word.indexOf(":");
  const name = word.slice(0, Math.max(at, 0)).toLowerCase();
  if (at < 0)
    return /^[a-z]*$/i.test(word) ? { ...token, suggestions: words(word.toLowerCase(), minus, offered) } : NOTHING;
  if (!isField(name)) return NOTHING;
  return { ...token, suggestions: values(name, word.slice(at + 1), minus, seen) };
}

function words(begun: string, minus: string, offered: typeof ALL_WORDS): Suggestion[] {
  const out: Suggestion[] = [];
  for (const name of offered) {
    if (!name.startsWith(begun)) continue;
    const metric = Object.hasOwn(METRICS, name);
    out.push({ text: `${minus}${name}${metric ? ">" : ":"}`, hint: MEANINGS[name], whole: false });
  }
  return begun === "" ? out : out.slice(0, MOST);
}

/** Of "running,pau" the last is completed and the others stay. */
function values(field: Field, typed: string, minus: string, seen: Seen): Suggestion[] {
  const comma = typed.lastIndexOf(",");
  const kept = typed.slice(0, comma + 1);
  const begun = typed
    .slice(comma + 1)
    .replaceAll('"', "")
    .toLowerCase();
  return best(count(field, seen), begun).map(({ value, n }) => ({
    text: `${minus}${field}:${kept}${quote(value)}`,
    hint: n === 0 ? "" : n === 1 ? "1 container" : `${n} containers`,
    whole: true,
  }));
}

interface Found {
  readonly value: string;
  /** In how many containers. */
  readonly n: number;
  /** Whether it begins with what was typed. */
  readonly starts: boolean;
}

/** Those that fit best: what begins so, then the commonest. Names are as many as containers, so they are not all sorted. */
function best(counts: ReadonlyMap<string, number>, begun: string): Found[] {
  const found: Found[] = [];
  for (const [value, n] of counts) {
    const at = value.toLowerCase().indexOf(begun);
    if (at < 0) continue;
    const one = { value, n, starts: at === 0 };
    const last = found[MOST - 1];
    if (last && !isBetter(one, last)) continue;
    const place = found.findIndex((f) => isBetter(one, f));
    found.splice(place < 0 ? found.length : place, 0, one);
    found.length = Math.min(found.length, MOST);
  }
  return found;
}

function isBetter(a: Found, b: Found): boolean {
  if (a.starts !== b.starts) return a.starts;
  return a.n === b.n ? a.value < b.value : a.n > b.n;
}

/** The values of a field in the data, and in how many containers each is. */
function count(field: Field, seen: Seen): Map<string, number> {
  const counts = new Map<string, number>(fixed(field).map((word) => [word, 0]));
  if (field === "is") return counts;
  const read = READ[field];
  for (const c of seen.containers) {
    const values = read(c, seen);
    for (const value of values.length > 1 ? new Set(values) : values) {
      if (value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  return counts;
}

function fixed(field: Field): readonly string[] {
  if (field === "state") return STATES;
  if (field === "health") return HEALTHS;
  return field === "is" ? CONDITIONS : [];
}

const READ: Readonly<Record<Exclude<Field, "is">, (c: Container, seen: Seen) => readonly string[]>> = {
  state: (c) => [c.state],
  health: (c) => [c.health],
  project: (c) => [c.project],
  service: (c) => [c.service],
  image: (c) => [c.image],
  name: (c) => [c.name],
  id: (c) => [c.id.slice(0, 12)],
  engine: (c, seen) => [seen.engineName(c.engine)],
  label: (c) => Object.entries(c.labels).map(([key, value]) => (value === "" ? key : `${key}=${value}`)),
  port: (c) => c.ports.map((p) => String(p.public || p.private)),
  network: (c) => c.networks,
  exit: (c) => (c.exitCode === null ? [] : [String(c.exitCode)]),
};

function isField(name: string): name is Field {
  return (FIELDS as readonly string[]).includes(name);
}

/** The query with a suggestion in its place, and where the caret stands then. */
export function accept(
  query: string,
  completion: Completion,
  suggestion: Suggestion,
): { query: string; caret: number } {
  const rest = query.slice(completion.end);
  const space = suggestion.whole && !rest.startsWith(" ") ? " " : "";
  const before = query.slice(0, completion.start) + suggestion.text + space;
  return { query: before + rest, caret: before.length };
}
