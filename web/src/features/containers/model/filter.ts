import type { Container } from "../../../api/types.gen";
import { isAlive } from "../../../components/container/stateView";

/** One word of the filter: free text, or a field with a value; "-" in front negates. */
interface Term {
  field: "text" | Field;
  value: string;
  negated: boolean;
}

const FIELDS = ["state", "health", "project", "service", "image", "name", "id"] as const;
type Field = (typeof FIELDS)[number];

export type Filter = readonly Term[];

/** Splits a query at spaces, keeping what stands in double quotes together. */
export function parseFilter(query: string): Filter {
  const words = query.toLowerCase().match(/(?:[^\s"]|"[^"]*"?)+/g) ?? [];
  const terms: Term[] = [];
  for (const raw of words) {
    const negated = raw.length > 1 && raw.startsWith("-");
    const word = negated ? raw.slice(1) : raw;
    const colon = word.indexOf(":");
    const field = FIELDS.find((f) => f === word.slice(0, Math.max(colon, 0)));
    const value = (field ? word.slice(colon + 1) : word).replaceAll('"', "");
    if (value !== "") terms.push({ field: field ?? "text", value, negated });
  }
  return terms;
}

// Containers are immutable, so what is searched in one is computed once for it.
const haystacks = new WeakMap<Container, string>();

function haystack(c: Container): string {
  let text = haystacks.get(c);
  if (text === undefined) {
    text = [c.name, c.image, c.project, c.service, c.state, c.health === "none" ? "" : c.health, c.id]
      .join("\n")
      .toLowerCase();
    haystacks.set(c, text);
  }
  return text;
}

function matchesTerm(c: Container, term: Term): boolean {
  switch (term.field) {
    case "text":
      return haystack(c).includes(term.value);
    // Few words with fixed meanings: a prefix is enough, the middle of one is not.
    case "state":
      return c.state.startsWith(term.value);
    // The engine keeps the last verdict of a container that has ended.
    case "health":
      return isAlive(c) && c.health.startsWith(term.value);
    case "id":
      return c.id.startsWith(term.value);
    case "project":
    case "service":
    case "image":
    case "name":
      return c[term.field].toLowerCase().includes(term.value);
  }
}

export function matches(c: Container, filter: Filter): boolean {
  for (const term of filter) {
    if (matchesTerm(c, term) === term.negated) return false;
  }
  return true;
}
