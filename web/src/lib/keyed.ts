/** What stood under a key, and what does now; undefined for nothing. */
export interface Change<V> {
  readonly before: V | undefined;
  readonly now: V | undefined;
}

/**
 * A persistent map from strings: a change copies one bucket of 1/256 of the
 * entries, not all 10,000 of them, and every older version stays as it was.
 * Iteration is in no particular order.
 */
export class Keyed<V> {
  readonly size: number;
  readonly #buckets: readonly (ReadonlyMap<string, V> | undefined)[];

  private constructor(buckets: readonly (ReadonlyMap<string, V> | undefined)[], size: number) {
    this.#buckets = buckets;
    this.size = size;
  }

  static empty<V>(): Keyed<V> {
    return new Keyed<V>([], 0);
  }

  get(key: string): V | undefined {
    return this.#buckets[bucketOf(key)]?.get(key);
  }

  has(key: string): boolean {
    return this.#buckets[bucketOf(key)]?.has(key) ?? false;
  }

  *entries(): Generator<[string, V]> {
    for (const bucket of this.#buckets) {
      if (bucket) yield* bucket;
    }
  }

  values(): V[] {
    const out: V[] = [];
    for (const bucket of this.#buckets) {
      if (bucket) for (const v of bucket.values()) out.push(v);
    }
    return out;
  }

  /** What differs from an older version, at the cost of the buckets that do. */
  changes(since: Keyed<V>): Change<V>[] {
    const out: Change<V>[] = [];
    for (let i = 0; i < BUCKETS; i++) {
      const was = since.#buckets[i];
      const is = this.#buckets[i];
      if (was === is) continue;
      for (const [key, before] of was ?? []) {
        const now = is?.get(key);
        if (now !== before) out.push({ before, now });
      }
      for (const [key, now] of is ?? []) {
        if (!was?.has(key)) out.push({ before: undefined, now });
      }
    }
    return out;
  }

  /** A draft to change; this map stays as it is. */
  edit(): KeyedDraft<V> {
    return new KeyedDraft(this, this.#buckets, this.size, (buckets, size) => new Keyed(buckets, size));
  }
}

/** Changes to a Keyed that has not been made yet. It is not used after done(). */
export class KeyedDraft<V> {
  readonly #base: Keyed<V>;
  readonly #make: (buckets: (ReadonlyMap<string, V> | undefined)[], size: number) => Keyed<V>;
  readonly #buckets: (ReadonlyMap<string, V> | undefined)[];
  readonly #owned = new Map<number, Map<string, V>>();
  #size: number;

  constructor(
    base: Keyed<V>,
    buckets: readonly (ReadonlyMap<string, V> | undefined)[],
    size: number,
    make: (buckets: (ReadonlyMap<string, V> | undefined)[], size: number) => Keyed<V>,
  ) {
    this.#base = base;
    this.#buckets = buckets.length === BUCKETS ? [...buckets] : new Array(BUCKETS).fill(undefined);
    this.#size = size;
    this.#make = make;
  }

  get(key: string): V | undefined {
    return this.#buckets[bucketOf(key)]?.get(key);
  }

  set(key: string, value: V): void {
    const bucket = this.#own(bucketOf(key));
    const before = bucket.size;
    bucket.set(key, value);
    this.#size += bucket.size - before;
  }

  delete(key: string): boolean {
    const index = bucketOf(key);
    if (!this.#buckets[index]?.has(key)) return false;
    this.#own(index).delete(key);
    this.#size--;
    return true;
  }

  /** The map with the changes; the one it came from when there were none. */
  done(): Keyed<V> {
    return this.#owned.size === 0 ? this.#base : this.#make(this.#buckets, this.#size);
  }

  #own(index: number): Map<string, V> {
    const mine = this.#owned.get(index);
    if (mine) return mine;
    const copy = new Map(this.#buckets[index]);
    this.#owned.set(index, copy);
    this.#buckets[index] = copy;
    return copy;
  }
}

const BUCKETS = 256;

/** Keys end in hexadecimal ids: their last characters spread well enough. */
function bucketOf(key: string): number {
  let hash = key.length;
  for (let i = Math.max(0, key.length - 6); i < key.length; i++) {
    hash = (hash * 31 + key.charCodeAt(i)) | 0;
  }
  return (hash ^ (hash >>> 8)) & (BUCKETS - 1);
}
