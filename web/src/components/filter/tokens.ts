/** A word of the query, and where it stands in it. */
export interface Token {
  /** As it was typed, quotes and minus included. */
  readonly raw: string;
  readonly start: number;
  readonly end: number;
}

/** Splits a query at spaces, keeping what stands in double quotes together; a quote left open ends with the query. */
export function tokens(query: string): Token[] {
  const out: Token[] = [];
  for (const m of query.matchAll(/(?:[^\s"]|"[^"]*"?)+/g)) {
    out.push({ raw: m[0], start: m.index, end: m.index + m[0].length });
  }
  return out;
}

/** Splits a value at commas outside of quotes, and takes the quotes away. */
export function alternatives(value: string): string[] {
  const parts = value.match(/(?:[^,"]|"[^"]*"?)+/g) ?? [];
  return parts.map(unquote).filter((part) => part !== "");
}

export function unquote(text: string): string {
  return text.replaceAll('"', "");
}

/** Puts a value in quotes where it would be taken apart without. */
export function quote(value: string): string {
  return /[\s,]/.test(value) ? `"${value.replaceAll('"', "")}"` : value;
}

/** The query with one of its words replaced. */
export function replaceWord(query: string, word: string, by: string): string {
  const token = tokens(query).find((t) => t.raw === word);
  return token ? query.slice(0, token.start) + by + query.slice(token.end) : query;
}
