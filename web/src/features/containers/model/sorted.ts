import type { ContainerChange } from "../../../store/containerTable";
import type { ContainerEntry } from "../../../store/state";

/** An order without ties: 0 for the same container only. */
export type Compare = (a: ContainerEntry, b: ContainerEntry) => number;

/** Beyond such a share of the list, sorting it anew is cheaper. */
const MANY = 1 / 8;

/** Whether so much of a list changes that it is better made anew. */
export function isMany(changes: readonly ContainerChange[], list: readonly ContainerEntry[]): boolean {
  return changes.length > 16 && changes.length > list.length * MANY;
}

/**
 * A sorted list after changes, each a binary search: what went is out, what came
 * is where it belongs, and what changed is where it belongs now. A change whose
 * `before` is not in the list only comes. Without changes, the same list.
 */
export function patched(
  list: readonly ContainerEntry[],
  changes: readonly ContainerChange[],
  compare: Compare,
): readonly ContainerEntry[] {
  let next: ContainerEntry[] | null = null;
  for (const { before, now } of changes) {
    const at = before === undefined ? -1 : indexOf(next ?? list, before, compare);
    if (at < 0 && now === undefined) continue;
    next ??= [...list];
    if (at >= 0 && now !== undefined && fits(next, at, now, compare)) next[at] = now;
    else {
      if (at >= 0) next.splice(at, 1);
      if (now !== undefined) next.splice(placeOf(next, now, compare), 0, now);
    }
  }
  return next ?? list;
}

/** Where an entry stands in a sorted list, or -1. */
function indexOf(list: readonly ContainerEntry[], entry: ContainerEntry, compare: Compare): number {
  const at = placeOf(list, entry, compare);
  return list[at] === entry ? at : -1;
}

/** The first place whose entry is not before this one. */
function placeOf(list: readonly ContainerEntry[], entry: ContainerEntry, compare: Compare): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(list[middle] as ContainerEntry, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether an entry may stand at a place, going by its neighbours. */
function fits(list: readonly ContainerEntry[], at: number, entry: ContainerEntry, compare: Compare): boolean {
  const left = list[at - 1];
  const right = list[at + 1];
  return (!left || compare(left, entry) < 0) && (!right || compare(entry, right) < 0);
}

/** An order that nothing but the places of its members decides. */
export class Ranks {
  readonly #ranks = new Map<string, number>();
  #next = 0;

  readonly compare: Compare = (a, b) => (this.#ranks.get(a.key) ?? 0) - (this.#ranks.get(b.key) ?? 0);

  reset(list: readonly ContainerEntry[]): void {
    // Nearly always the same members as before: their places are written over, which costs a third of new ones.
    this.#next = 0;
    for (const entry of list) this.add(entry);
    if (this.#ranks.size === list.length) return;
    this.#ranks.clear();
    this.#next = 0;
    for (const entry of list) this.add(entry);
  }

  /** Puts one at the end. */
  add(entry: ContainerEntry): void {
    this.#ranks.set(entry.key, this.#next++);
  }

  delete(entry: ContainerEntry): void {
    this.#ranks.delete(entry.key);
  }
}
