import { useCallback, useMemo, useSyncExternalStore } from "react";
import { useLive } from "../../store/hooks";
import type { LiveStore } from "../../store/liveStore";
import type { ContainerEntry } from "../../store/state";
import { resolve } from "./model/resolve";

/** What a container's own view shows. The same object until it changes. */
export type Shown =
  | { readonly kind: "waiting" }
  | { readonly kind: "none" }
  | { readonly kind: "many"; readonly entries: readonly ContainerEntry[] }
  | { readonly kind: "there"; readonly entry: ContainerEntry }
  /** Removed while somebody looked: the entry is as it was last known. */
  | { readonly kind: "gone"; readonly entry: ContainerEntry; readonly noticedAt: number };

const WAITING: Shown = { kind: "waiting" };
const NONE: Shown = { kind: "none" };

/**
 * The container of an address. Once found, the view belongs to that container:
 * a namesake that comes later is another one, and one that is removed stays as
 * it was last known.
 */
export function useShown(id: string): Shown {
  const { store } = useLive();
  const memory = useMemo(() => new Memory(store, id), [store, id]);
  const read = useCallback(() => memory.read(), [memory]);
  return useSyncExternalStore(store.subscribe, read, read);
}

class Memory {
  readonly #store: LiveStore;
  readonly #id: string;
  #version = -1;
  #shown: Shown = WAITING;

  constructor(store: LiveStore, id: string) {
    this.#store = store;
    this.#id = id;
  }

  read(): Shown {
    const { versions } = this.#store.view();
    if (versions.containers !== this.#version) {
      this.#version = versions.containers;
      this.#shown = this.#next();
    }
    return this.#shown;
  }

  #next(): Shown {
    const { containers } = this.#store.view();
    if (!containers.loaded) return this.#shown;
    const before = this.#shown;
    if (before.kind === "there" || before.kind === "gone") {
      const entry = containers.get(before.entry.key);
      if (entry) return before.kind === "there" && before.entry === entry ? before : { kind: "there", entry };
      return before.kind === "gone"
        ? before
        : { kind: "gone", entry: before.entry, noticedAt: this.#store.serverNow() };
    }
    const found = resolve(this.#id, containers.entries);
    if (found.kind === "one") return { kind: "there", entry: found.entry };
    return found.kind === "many" ? { kind: "many", entries: found.entries } : NONE;
  }
}
