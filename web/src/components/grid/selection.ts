/**
 * Which containers are selected. It belongs to their ids, so that it survives
 * every order, filter, grouping and connection; what is gone leaves it.
 */
import { useSyncExternalStore } from "react";

export class Selection {
  readonly #listeners = new Set<() => void>();
  #keys: ReadonlySet<string> = new Set();
  /** Where a range begins: what was selected last. */
  #anchor: string | null = null;
  /** What the range that began there selects now: another end gives it back. */
  #ranged: readonly string[] = [];

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  };

  /** The same set until it changes. */
  readonly get = (): ReadonlySet<string> => this.#keys;

  readonly size = (): number => this.#keys.size;

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** Selects one, or takes it out; a range begins here. */
  toggle(key: string): void {
    const next = new Set(this.#keys);
    if (!next.delete(key)) next.add(key);
    this.#begin(key);
    this.#put(next);
  }

  /** Selects several, or takes all of them out. */
  set(keys: Iterable<string>, on: boolean): void {
    const next = new Set(this.#keys);
    for (const key of keys) {
      if (on) next.add(key);
      else next.delete(key);
    }
    this.#put(next);
  }

  /** Selects everything from where the range began to a line, as the lines stand now, and nothing beyond any more. */
  range(lines: readonly { key: string }[], to: string, from = this.#anchor): void {
    const end = lines.findIndex((l) => l.key === to);
    if (end < 0) return;
    const begin = from === null ? -1 : lines.findIndex((l) => l.key === from);
    const first = begin < 0 ? end : begin;
    if (begin < 0 || from !== this.#anchor) this.#begin(lines[first]?.key ?? to);
    const next = new Set(this.#keys);
    for (const key of this.#ranged) next.delete(key);
    const span = lines.slice(Math.min(first, end), Math.max(first, end) + 1).filter((l) => !("members" in l));
    this.#ranged = span.map((l) => l.key);
    for (const key of this.#ranged) next.add(key);
    this.#put(next);
  }

  clear(): void {
    this.#begin(null);
    this.#put(new Set());
  }

  /** Forgets what is gone. */
  keep(exists: (key: string) => boolean): void {
    const left = [...this.#keys].filter(exists);
    if (left.length < this.#keys.size) this.#put(new Set(left));
  }

  #begin(anchor: string | null): void {
    this.#anchor = anchor;
    this.#ranged = [];
  }

  #put(next: ReadonlySet<string>): void {
    if (next.size === 0 && this.#keys.size === 0) return;
    this.#keys = next;
    for (const fn of [...this.#listeners]) fn();
  }
}

/** Whether one container is selected: re-renders for that one only. */
export function useSelected(selection: Selection, key: string): boolean {
  return useSyncExternalStore(selection.subscribe, () => selection.has(key));
}

export function useSelection(selection: Selection): ReadonlySet<string> {
  return useSyncExternalStore(selection.subscribe, selection.get);
}
