/**
 * The places of those lines of a buffer that pass a test, in order: what a
 * search found, what a filter leaves. It is brought up to date in slices and
 * looks at each line once, however long the log runs.
 */
export interface Places {
  readonly first: number;
  readonly end: number;
}

/** Lines looked at between two looks at the clock. */
const STRIDE = 64;

export class PlaceList {
  #places: number[] = [];
  /** What is before it in #places has gone. */
  #head = 0;
  /** The next place to be looked at. */
  #next = 0;

  get count(): number {
    return this.#places.length - this.#head;
  }

  /** The place of the i-th, -1 when there is none. */
  place(i: number): number {
    return this.#places[this.#head + i] ?? -1;
  }

  /** How many are before the place: the index of the first that is at it or behind. */
  indexOf(place: number): number {
    let low = this.#head;
    let high = this.#places.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if ((this.#places[mid] ?? 0) < place) low = mid + 1;
      else high = mid;
    }
    return low - this.#head;
  }

  /** Whether all lines have been looked at. */
  upTo(buffer: Places): boolean {
    return this.#next >= buffer.end;
  }

  clear(): void {
    this.#places = [];
    this.#head = 0;
    this.#next = 0;
  }

  /** Follows the buffer: lines before `first` went, those from `changedFrom` on are others. */
  sync(first: number, changedFrom: number): void {
    if (changedFrom < this.#next) {
      this.#places.length = this.#head + this.indexOf(changedFrom);
      this.#next = changedFrom;
    }
    while (this.#head < this.#places.length && (this.#places[this.#head] ?? 0) < first) this.#head++;
    if (this.#head > 4096 && this.#head * 2 > this.#places.length) {
      this.#places.splice(0, this.#head);
      this.#head = 0;
    }
    this.#next = Math.max(this.#next, first);
  }

  /** Looks at lines until all are done or late() says that it is time; returns whether all are done. */
  scan(buffer: Places, test: (place: number) => boolean, late: () => boolean): boolean {
    const { end } = buffer;
    while (this.#next < end) {
      const stop = Math.min(end, this.#next + STRIDE);
      for (let place = this.#next; place < stop; place++) if (test(place)) this.#places.push(place);
      this.#next = stop;
      if (late()) return this.#next >= end;
    }
    return true;
  }
}
