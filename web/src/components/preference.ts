import { useSyncExternalStore } from "react";
import { load, save } from "./storage";

/** A choice that this browser remembers. One of a fixed list of words. */
export interface Preference<T extends string> {
  get(): T;
  set(value: T): void;
  subscribe(listener: () => void): () => void;
}

/**
 * Keeps a choice under a name in localStorage. Where storage is refused (a
 * private window, a full disk) the choice lasts as long as the page. Another
 * tab's choice arrives through the storage event.
 */
export function preference<T extends string>(name: string, allowed: readonly T[], fallback: T): Preference<T> {
  const key = `quaywatch.${name}`;
  const listeners = new Set<() => void>();
  const parse = (text: string | null): T => allowed.find((v) => v === text) ?? fallback;
  let value = parse(load(key));
  const notify = () => {
    for (const listener of listeners) listener();
  };
  const onStorage = (e: StorageEvent) => {
    if (e.key !== key) return;
    value = parse(e.newValue);
    notify();
  };
  return {
    get: () => value,
    set(next) {
      value = next;
      save(key, next);
      notify();
    },
    subscribe(listener) {
      if (listeners.size === 0) window.addEventListener("storage", onStorage);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) window.removeEventListener("storage", onStorage);
      };
    },
  };
}

export function usePreference<T extends string>(p: Preference<T>): T {
  return useSyncExternalStore(p.subscribe, p.get);
}
