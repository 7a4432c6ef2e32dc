/**
 * Filters that are kept on the server by name, and follow the user to another
 * browser. What is kept is the filter's address. Framework-free.
 */
import { type ApiClient, ApiError } from "../../../api/client";
import { forgetPreference, keepPreference, preferences } from "../../../api/events";
import { queryOf, searchOf } from "./query";

export interface SavedFilter {
  readonly name: string;
  readonly search: string;
}

export interface SavedState {
  /** By name. Null until they were read. */
  readonly filters: readonly SavedFilter[] | null;
  /** Why they could not be read or kept; "" for nothing. */
  readonly problem: string;
}

const SPACE = "event-filters";
export const MAX_NAME = 100;

export class SavedFilters {
  readonly #client: ApiClient;
  readonly #listeners = new Set<() => void>();
  #state: SavedState = { filters: null, problem: "" };

  constructor(client: ApiClient) {
    this.#client = client;
  }

  readonly state = (): SavedState => this.#state;

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  };

  /** Reads them: others of the same user may have kept some meanwhile. */
  load(): Promise<boolean> {
    return this.#do(async () => {
      const list = await preferences(this.#client, SPACE);
      this.#set({ filters: list.map(filterOf).filter((f) => f !== null) });
    });
  }

  save(name: string, search: string): Promise<boolean> {
    return this.#do(async () => {
      await keepPreference(this.#client, SPACE, name, { search });
      this.#put(name, search);
    });
  }

  remove(name: string): Promise<boolean> {
    return this.#do(async () => {
      await forget(this.#client, name);
      this.#set({ filters: (this.#state.filters ?? []).filter((f) => f.name !== name) });
    });
  }

  /** The new one is there before the old one goes: nothing is lost half way. */
  async rename(from: SavedFilter, to: string): Promise<boolean> {
    if (from.name === to) return true;
    return (await this.save(to, from.search)) && (await this.remove(from.name));
  }

  #put(name: string, search: string): void {
    const others = (this.#state.filters ?? []).filter((f) => f.name !== name);
    this.#set({ filters: [...others, { name, search }].sort((a, b) => (a.name < b.name ? -1 : 1)) });
  }

  async #do(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.#set({ problem: "" });
      return true;
    } catch (err) {
      this.#set({ problem: err instanceof Error ? err.message : String(err) });
      return false;
    }
  }

  #set(change: Partial<SavedState>): void {
    this.#state = { ...this.#state, ...change };
    for (const fn of [...this.#listeners]) fn();
  }
}

/** What somebody else has deleted already is what was wanted. */
async function forget(client: ApiClient, name: string): Promise<void> {
  try {
    await forgetPreference(client, SPACE, name);
  } catch (err) {
    if (!(err instanceof ApiError) || err.status !== 404) throw err;
  }
}

function filterOf({ name, value }: { name: string; value: unknown }): SavedFilter | null {
  const search = (value as { search?: unknown } | null)?.search;
  return typeof search === "string" ? { name, search: searchOf(queryOf(search)) } : null;
}
