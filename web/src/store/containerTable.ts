import type { Change, Keyed } from "../lib/keyed";
import type { ContainerEntry } from "./state";

/** A container that came, changed or went. */
export type ContainerChange = Change<ContainerEntry>;

/**
 * The containers as of a commit. Who follows them asks for what changed since the
 * table it saw last: going through all 10,000 is for what a user asks for.
 */
export class ContainerTable {
  /** False until the first snapshot has come. */
  readonly loaded: boolean;
  readonly #keyed: Keyed<ContainerEntry>;
  #entries: readonly ContainerEntry[] | null = null;
  /** The last answer: all who follow the tables ask the same. A weak reference, or each table would keep the one before. */
  #since: WeakRef<ContainerTable> | null = null;
  #changes: readonly ContainerChange[] = [];

  constructor(keyed: Keyed<ContainerEntry>, loaded: boolean) {
    this.#keyed = keyed;
    this.loaded = loaded;
  }

  get size(): number {
    return this.#keyed.size;
  }

  /** In no particular order; made when it is asked for. An entry is the same object until it changes. */
  get entries(): readonly ContainerEntry[] {
    this.#entries ??= this.#keyed.values();
    return this.#entries;
  }

  get(key: string): ContainerEntry | undefined {
    return this.#keyed.get(key);
  }

  /** What differs from an earlier table, at the cost of what changed. */
  changes(since: ContainerTable): readonly ContainerChange[] {
    if (this.#since?.deref() !== since) {
      this.#changes = this.#keyed.changes(since.#keyed);
      this.#since = new WeakRef(since);
    }
    return this.#changes;
  }
}
