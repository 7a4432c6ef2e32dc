import type { Container } from "../api/types.gen";
import { Keyed } from "../lib/keyed";
import { ContainerTable } from "./containerTable";

/** Counts containers by words that fit them, table after table, at the cost of what changed between the two. */
export class Tally<Word extends string> {
  readonly #words: (c: Container) => readonly Word[];
  readonly #counts = new Map<Word, number>();
  #seen = new ContainerTable(Keyed.empty(), false);

  constructor(words: (c: Container) => readonly Word[]) {
    this.#words = words;
  }

  /** How many of the table's containers a word fits. */
  count(table: ContainerTable): (word: Word) => number {
    for (const { before, now } of table.changes(this.#seen)) {
      if (before) this.#add(before.container, -1);
      if (now) this.#add(now.container, 1);
    }
    this.#seen = table;
    return (word) => this.#counts.get(word) ?? 0;
  }

  #add(c: Container, by: number): void {
    for (const word of this.#words(c)) this.#counts.set(word, (this.#counts.get(word) ?? 0) + by);
  }
}
