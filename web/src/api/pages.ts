import { ApiError } from "./client";

/** What is known of a list that is read page after page. The same object until it changes. */
export interface Paged<T> {
  readonly items: readonly T[];
  readonly loading: boolean;
  /** Whether a first page has come. */
  readonly loaded: boolean;
  readonly more: boolean;
  /** Why the last attempt failed; "" where it did not. */
  readonly problem: string;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string;
}

/** Reads a list page after page, for useSyncExternalStore. What is read anew takes the place of what was there. */
export class PagedReader<T> {
  readonly #ask: (before: string) => Promise<Page<T>>;
  readonly #listeners = new Set<() => void>();
  #state: Paged<T> = { items: [], loading: false, loaded: false, more: false, problem: "" };
  #next = "";
  /** Counts what was asked: an answer to an older question is not wanted any more. */
  #asked = 0;

  constructor(ask: (before: string) => Promise<Page<T>>) {
    this.#ask = ask;
  }

  readonly state = (): Paged<T> => this.#state;

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  };

  /** Reads the first page. */
  readonly refresh = (): Promise<void> => this.#read("", []);

  /** Reads the page after those that are here. */
  readonly more = async (): Promise<void> => {
    if (this.#next !== "" && !this.#state.loading) await this.#read(this.#next, this.#state.items);
  };

  async #read(before: string, kept: readonly T[]): Promise<void> {
    const asked = ++this.#asked;
    this.#put({ ...this.#state, loading: true });
    try {
      const page = await this.#ask(before);
      if (asked !== this.#asked) return;
      this.#next = page.next;
      const items = [...kept, ...page.items];
      this.#put({ items, loading: false, loaded: true, more: page.next !== "", problem: "" });
    } catch (err) {
      if (asked !== this.#asked) return;
      const problem = err instanceof ApiError ? err.message : "It could not be read.";
      this.#put({ ...this.#state, loading: false, problem });
    }
  }

  #put(state: Paged<T>): void {
    this.#state = state;
    for (const fn of [...this.#listeners]) fn();
  }
}
