import type { Container } from "../../api/types.gen";
import type { Sight } from "./sight";

/** One word of the filter, ready to be asked. */
export interface Term {
  /** Whether its answer changes with the metrics and the time, not only with the container. */
  readonly live: boolean;
  test(c: Container, sight: Sight): boolean;
}

/** What the filter can't read: which word, and in a sentence what would be right. */
export interface Problem {
  readonly word: string;
  readonly message: string;
  /** What to write instead, where that can be told. */
  readonly fix?: string;
}

/** A query that was read. What can't be read is left out and stands in problems. */
export interface Filter {
  readonly still: readonly Term[];
  readonly live: readonly Term[];
  readonly problems: readonly Problem[];
}

export const NO_FILTER: Filter = { still: [], live: [], problems: [] };

export function isEmpty(filter: Filter): boolean {
  return filter.still.length === 0 && filter.live.length === 0;
}

export function passes(c: Container, terms: readonly Term[], sight: Sight): boolean {
  for (const term of terms) if (!term.test(c, sight)) return false;
  return true;
}

/** The whole filter at once. */
export function matches(c: Container, filter: Filter, sight: Sight): boolean {
  return passes(c, filter.still, sight) && passes(c, filter.live, sight);
}
