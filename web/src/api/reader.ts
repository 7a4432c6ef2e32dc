import { ApiError } from "./client";

/** What is known of a thing's details. The same object until it changes. */
export interface Details<D> {
  readonly data: D | null;
  readonly loading: boolean;
  /** Why the last attempt failed; "" where it did not. What was known before stays. */
  readonly problem: string;
}

/** Reads what the stream does not carry of one thing, one request at a time, for useSyncExternalStore. */
export class DetailReader<D> {
  readonly #ask: () => Promise<D>;
  readonly #listeners = new Set<() => void>();
  #state: Details<D> = { data: null, loading: false, problem: "" };
  #again = false;

  constructor(ask: () => Promise<D>) {
    this.#ask = ask;
  }

  readonly state = (): Details<D> => this.#state;

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  };

  /** Reads; what is asked for meanwhile is read once more afterwards. */
  readonly refresh = async (): Promise<void> => {
    if (this.#state.loading) {
      this.#again = true;
      return;
    }
    this.#put({ ...this.#state, loading: true });
    do {
      this.#again = false;
      try {
        this.#put({ data: await this.#ask(), loading: true, problem: "" });
      } catch (err) {
        this.#put({ ...this.#state, problem: problemOf(err) });
      }
    } while (this.#again);
    this.#put({ ...this.#state, loading: false });
  };

  #put(state: Details<D>): void {
    this.#state = state;
    for (const fn of [...this.#listeners]) fn();
  }
}

/** Our sentence, and the engine's own words behind it where they say something else. */
function problemOf(err: unknown): string {
  if (!(err instanceof ApiError)) return "It could not be read.";
  const words = err.problem?.engine?.trim() ?? "";
  return words === "" || err.message.includes(words) ? err.message : `${err.message} Docker said: “${words}”`;
}
