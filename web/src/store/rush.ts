/** So many changes within so long are more than anybody could follow one by one. */
const CHANGES = 8;
const WITHIN_MS = 2_000;

/** Tells a rush of changes from one now and then. */
export class Rush {
  readonly #times: number[] = [];

  /** Notes a change at `now`, and tells whether it is one of a rush. */
  note(now: number): boolean {
    this.#times.push(now);
    if (this.#times.length <= CHANGES) return false;
    return now - (this.#times.shift() ?? 0) < WITHIN_MS;
  }
}
