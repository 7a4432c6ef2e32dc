/**
 * The rows of a view: all lines of the buffer, those of some sources, or those
 * that a search found. A row's index counts from 0 at the top.
 */
import type { LogBuffer } from "../model/logBuffer";
import { PlaceList } from "../model/placeList";

export class ShownRows {
  readonly #bySource = new PlaceList();
  #buffer: LogBuffer;
  #hidden: ReadonlySet<number> = new Set();
  /** What the search found, while only that is shown. */
  #found: PlaceList | null = null;

  constructor(buffer: LogBuffer) {
    this.#buffer = buffer;
  }

  get count(): number {
    return this.#list?.count ?? this.#buffer.length;
  }

  /** Whether lines are left out. */
  get filtered(): boolean {
    return this.#list !== null;
  }

  get hidden(): ReadonlySet<number> {
    return this.#hidden;
  }

  /** The place of a row, -1 when there is none. */
  place(index: number): number {
    const list = this.#list;
    if (list) return list.place(index);
    return index < this.#buffer.length ? this.#buffer.first + index : -1;
  }

  /** The first row at or behind a place. */
  indexOf(place: number): number {
    const list = this.#list;
    if (list) return list.indexOf(place);
    return Math.min(this.#buffer.length, Math.max(0, place - this.#buffer.first));
  }

  shows(src: number): boolean {
    return src < 0 || !this.#hidden.has(src);
  }

  hide(sources: ReadonlySet<number>): void {
    this.#hidden = sources;
    this.#bySource.clear();
  }

  only(found: PlaceList | null): void {
    this.#found = found;
  }

  /** Follows the buffer. */
  sync(buffer: LogBuffer, changedFrom: number): void {
    if (buffer !== this.#buffer) {
      this.#buffer = buffer;
      this.#bySource.clear();
    }
    if (this.#hidden.size === 0) return;
    this.#bySource.sync(buffer.first, changedFrom);
    // Looking at a source's number is nothing: no slices.
    this.#bySource.scan(
      buffer,
      (place) => this.shows(buffer.src(place)),
      () => false,
    );
  }

  /** The places of the rows from one index to another, the latter not included. */
  *places(from = 0, to = this.count): Generator<number> {
    for (let i = from; i < to; i++) yield this.place(i);
  }

  get #list(): PlaceList | null {
    if (this.#found) return this.#found;
    return this.#hidden.size > 0 ? this.#bySource : null;
  }
}
