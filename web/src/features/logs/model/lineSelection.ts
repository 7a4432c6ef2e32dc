/** Which lines are selected: from one to another, whether or not they are on the page. */
import type { LogBuffer } from "./logBuffer";

export class LineSelection {
  /** Ids; 0 for none. */
  #anchor = 0;
  #focus = 0;

  get empty(): boolean {
    return this.#anchor === 0;
  }

  /** The id of the end that moves. */
  get focus(): number {
    return this.#focus;
  }

  clear(): void {
    this.#anchor = 0;
    this.#focus = 0;
  }

  select(id: number): void {
    this.#anchor = id;
    this.#focus = id;
  }

  extend(id: number): void {
    if (this.#anchor === 0) this.#anchor = id;
    this.#focus = id;
  }

  range(first: number, last: number): void {
    this.#anchor = first;
    this.#focus = last;
  }

  /** The places it spans, both included; null when it is empty or gone. */
  places(buffer: LogBuffer): readonly [number, number] | null {
    if (this.#anchor === 0) return null;
    const a = buffer.placeOf(this.#anchor);
    const b = buffer.placeOf(this.#focus);
    // Lines that went are as if they stood at the start.
    if (a < 0 && b < 0) return null;
    const from = a < 0 ? buffer.first : a;
    const to = b < 0 ? buffer.first : b;
    return from <= to ? [from, to] : [to, from];
  }
}
