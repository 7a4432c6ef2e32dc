/** So many changes within so long are more than anybody could follow one by one. */
const CHANGES = 8;
const WITHIN_MS = 2_000;

/** Tells a rush of changes from one now and then. */
export class Rush {
  /** Of the last changes, one more than is no rush yet. */
  #times: readonly number[] = [];

  /** Notes changes at `now`. They may have come in one message: a server merges them. */
  note(now: number, changes = 1): void {
    const news = Array<number>(Math.min(changes, CHANGES + 1)).fill(now);
    this.#times = [...this.#times, ...news].slice(-CHANGES - 1);
  }

  on(now: number): boolean {
    return this.#times.length > CHANGES && now - (this.#times[0] ?? 0) < WITHIN_MS;
  }
}
