import type { Container } from "../../api/types.gen";
import { FIELDS, type Field, METRICS, type Metric, nearestWord } from "./fields";
import { fieldTerm } from "./fieldTerm";
import type { Filter, Problem, Term } from "./filter";
import { metricTerm } from "./metricTerm";
import { NEEDS_UNIT } from "./quantity";
import { alternatives, tokens } from "./tokens";

const WORD = /^([a-z]+)(:|>=|<=|>|<|=)(.*)$/is;

/**
 * Reads a query: words that must all match, each free text, field:value or
 * metric>figure, with a minus in front to exclude. Never fails: a word that
 * can't be read is told in problems, the others count.
 */
export function parseFilter(query: string): Filter {
  const still: Term[] = [];
  const live: Term[] = [];
  const problems: Problem[] = [];
  for (const { raw } of tokens(query)) {
    const negated = raw.length > 1 && raw.startsWith("-");
    const term = readWord(negated ? raw.slice(1) : raw);
    if (term === null) continue;
    if (isTerm(term)) (term.live ? live : still).push(negated ? not(term) : term);
    else problems.push(problemOf(raw, negated, term));
  }
  return { still, live, problems };
}

/** What is wrong with a word, as the rest of a sentence that begins with it, and what would be right. */
type Wrong = string | { readonly says: string; readonly fix: string };

function isTerm(read: Term | Wrong): read is Term {
  return typeof read === "object" && "test" in read;
}

function problemOf(word: string, negated: boolean, wrong: Wrong): Problem {
  if (typeof wrong === "string") return { word, message: `${word} ${wrong}` };
  return { word, message: `${word} ${wrong.says}`, fix: `${negated ? "-" : ""}${wrong.fix}` };
}

function not(term: Term): Term {
  return { live: term.live, test: (c, sight) => !term.test(c, sight) };
}

/** A term, what is wrong with the word, or null for a word that has only begun. */
function readWord(word: string): Term | Wrong | null {
  if (word === "-" || word.startsWith('"')) return text(word);
  const m = WORD.exec(word);
  if (!m) return text(word);
  const [, name = "", operator = "", value = ""] = m;
  const known = name.toLowerCase();
  if (isMetric(known)) return metric(known, operator, value);
  if (isField(known)) return field(known, operator, value);
  const nearest = nearestWord(known);
  if (nearest !== null) {
    const fix = suggestion(nearest, operator, value);
    return { says: `is no field. Did you mean ${fix}?`, fix };
  }
  // An image with its tag has a colon too.
  return operator === ":" || operator === "=" ? text(word) : `compares nothing: there is no metric “${name}”`;
}

function metric(name: Metric, operator: string, value: string): Term | Wrong | null {
  if (value === "") return null;
  if (operator === ":") return { says: `is compared: ${name}>${value}`, fix: `${name}>${value}` };
  const term = metricTerm(name, operator, value);
  if (typeof term !== "string" || !term.startsWith(NEEDS_UNIT)) return term;
  return { says: term, fix: `${name}${operator}${term.slice(NEEDS_UNIT.length)}` };
}

/** Fields of which "=" asks for the whole, not for a part. */
const WHOLE: ReadonlySet<Field> = new Set(["name", "image", "project", "service", "network", "engine"]);

function field(name: Field, operator: string, value: string): Term | Wrong | null {
  if (operator !== ":" && operator !== "=") return `can't be compared; write ${name}:${value || "…"}`;
  if (value.replace(/["~=,]/g, "") === "") return null;
  return fieldTerm(name, operator === "=" && WHOLE.has(name) ? `=${value}` : value);
}

function suggestion(word: string, operator: string, value: string): string {
  if (isMetric(word)) return `${word}${operator === ":" ? ">" : operator}${value}`;
  return `${word}:${value}`;
}

function isField(word: string): word is Field {
  return (FIELDS as readonly string[]).includes(word);
}

function isMetric(word: string): word is Metric {
  return Object.hasOwn(METRICS, word);
}

function text(word: string): Term | null {
  const values = alternatives(word.toLowerCase());
  const [first] = values;
  if (first === undefined) return null;
  if (values.length === 1) return { live: false, test: (c) => haystack(c).includes(first) };
  return { live: false, test: (c) => values.some((value) => haystack(c).includes(value)) };
}

// Containers are immutable, so what is searched in one is computed once for it.
const haystacks = new WeakMap<Container, string>();

function haystack(c: Container): string {
  let found = haystacks.get(c);
  if (found === undefined) {
    found = [c.name, c.image, c.project, c.service, c.state, c.health === "none" ? "" : c.health, c.id]
      .join("\n")
      .toLowerCase();
    haystacks.set(c, found);
  }
  return found;
}
