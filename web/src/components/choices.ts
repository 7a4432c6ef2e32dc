import { useSyncExternalStore } from "react";
import { load, save } from "./storage";

/** Which of a fixed list of things are wanted, remembered by this browser. */
export interface Choices<T extends string> {
  readonly all: readonly T[];
  /** The same set until the choice changes. */
  get(): ReadonlySet<T>;
  set(value: T, wanted: boolean): void;
  subscribe(listener: () => void): () => void;
}

/**
 * Keeps the choices under a name in localStorage, as the list of what is not
 * wanted: what a later version adds is then wanted until somebody says no.
 */
export function choices<T extends string>(name: string, all: readonly T[], offAtFirst: readonly T[]): Choices<T> {
  const key = `quaywatch.${name}`;
  const listeners = new Set<() => void>();
  const parse = (text: string | null): ReadonlySet<T> => {
    const off: readonly string[] = text === null ? offAtFirst : text.split(" ");
    return new Set(all.filter((v) => !off.includes(v)));
  };
  let wanted = parse(load(key));
  return {
    all,
    get: () => wanted,
    set(value, on) {
      const off = all.filter((v) => (v === value ? !on : !wanted.has(v))).join(" ");
      wanted = parse(off);
      save(key, off);
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useChoices<T extends string>(c: Choices<T>): ReadonlySet<T> {
  return useSyncExternalStore(c.subscribe, c.get);
}
