import { type ApiClient, ApiError } from "../../api/client";

/** What is revealed of an environment. The same object until it changes. */
export interface Revealed {
  /** Values by position, of those that are shown and no others. */
  readonly values: ReadonlyMap<number, string>;
  readonly loading: boolean;
  readonly problem: string;
}

const NOTHING: Revealed = { values: new Map(), loading: false, problem: "" };

/**
 * The values of an environment that somebody chose to see. They are asked for
 * when they are wanted, kept nowhere but here, and forgotten as soon as the last
 * one is hidden or the view is left.
 */
export class Secrets {
  readonly #client: Pick<ApiClient, "env">;
  readonly #key: string;
  readonly #listeners = new Set<() => void>();
  #state: Revealed = NOTHING;
  #turn = 0;

  constructor(client: Pick<ApiClient, "env">, key: string) {
    this.#client = client;
    this.#key = key;
  }

  readonly state = (): Revealed => this.#state;

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  };

  /** Shows the values at these positions too; `names` are those of the whole environment, to be sure whose they are. */
  async reveal(positions: readonly number[], names: readonly string[]): Promise<void> {
    const turn = ++this.#turn;
    this.#set({ ...this.#state, loading: true, problem: "" });
    try {
      const lines = await this.#client.env(this.#key);
      if (turn !== this.#turn) return;
      const values = new Map(this.#state.values);
      for (const i of positions) values.set(i, valueIn(lines, i, names[i] ?? ""));
      this.#set({ values, loading: false, problem: "" });
    } catch (err) {
      if (turn !== this.#turn) return;
      const problem = err instanceof ApiError ? err.message : "The answer could not be read.";
      this.#set({ ...this.#state, loading: false, problem });
    }
  }

  hide(position: number): void {
    const values = new Map(this.#state.values);
    values.delete(position);
    this.#set({ ...this.#state, values });
  }

  /** Forgets everything, and an answer that is still on its way. */
  forget(): void {
    this.#turn++;
    this.#set(NOTHING);
  }

  #set(next: Revealed): void {
    this.#state = next;
    for (const fn of [...this.#listeners]) fn();
  }
}

/** The value at a position, or by name where the environment is not in the order it was. */
function valueIn(lines: readonly string[], position: number, name: string): string {
  const begin = `${name}=`;
  const line = lines[position]?.startsWith(begin) ? lines[position] : lines.find((l) => l.startsWith(begin));
  return line?.slice(begin.length) ?? "";
}
