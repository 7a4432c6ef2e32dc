/**
 * Gives what is drawn of a list its elements. A row keeps its element while it is
 * drawn; where hardly a row stays, as in a rush of events, new rows take over the
 * elements of those that went, which costs the browser a third of making new
 * ones. Otherwise they get new ones: the few that come then push no element of
 * the others to another place.
 */
export class Slots {
  #slots: ReadonlyMap<string, number> = new Map();
  #next = 0;

  /** The elements' numbers, in the order of the keys. */
  assign(keys: readonly string[]): readonly number[] {
    const before = this.#slots;
    const kept = new Set(keys.filter((key) => before.has(key)));
    const free =
      kept.size * 2 < keys.length ? [...before].filter(([key]) => !kept.has(key)).map(([, slot]) => slot) : [];
    const now = new Map<string, number>();
    let taken = 0;
    for (const key of keys) now.set(key, before.get(key) ?? free[taken++] ?? this.#next++);
    this.#slots = now;
    return [...now.values()];
  }
}
