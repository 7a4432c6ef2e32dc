import type { Row } from "./kind";

/** Whom an address means. */
export type Found<R extends Row> =
  | { readonly kind: "one"; readonly row: R }
  | { readonly kind: "none" }
  /** Several engines have it, or several ids begin so. */
  | { readonly kind: "many"; readonly rows: readonly R[] };

/** Shorter prefixes than docker's own short ids would change their meaning too easily. */
const LEAST_PREFIX = 4;

/** Whether an id begins like this, long enough to be meant. */
export function beginsWith(id: string, text: string): boolean {
  return text.length >= LEAST_PREFIX && id.replace(/^sha256:/, "").startsWith(text.replace(/^sha256:/, ""));
}

/**
 * Finds the row of an address, on the engine that it names or on any. tests are
 * what the text may be, the surest first: what one of them finds, the next ones
 * are not asked for.
 */
export function find<R extends Row>(
  rows: readonly R[],
  engine: string | null,
  tests: readonly ((row: R) => boolean)[],
): Found<R> {
  const there = engine === null ? rows : rows.filter((r) => r.engine === engine);
  for (const test of tests) {
    const hits = there.filter(test);
    const [first] = hits;
    if (first !== undefined) return hits.length === 1 ? { kind: "one", row: first } : { kind: "many", rows: hits };
  }
  return { kind: "none" };
}
