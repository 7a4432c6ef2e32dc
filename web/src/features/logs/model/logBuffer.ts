/**
 * The last lines of a view, in columns: appending costs the same however many
 * there are. Framework-free; whoever draws asks once a frame what changed.
 *
 * A line's id is its own for good. Its place is where it stands now: places
 * count from `first`, grow with every line, and stay the same while lines come
 * at the end and go at the start. Only a line that is older than what is here
 * already, and the gap made while somebody reads, move what comes behind them;
 * takeChange() says from which place on.
 */
import { countText } from "./countText";

export interface LogRecord {
  /** Position in the session's sources; -1 for what concerns all of them. */
  readonly src: number;
  /** When it was written, Unix microseconds by the engine's clock. */
  readonly at: number;
  readonly kind: LineKind;
  readonly text: string;
}

/** Lines of the two streams, and what the page has to say between them. */
export const LINE = { stdout: 0, stderr: 1, note: 2, gap: 3, failed: 4, moment: 5 } as const;
export type LineKind = (typeof LINE)[keyof typeof LINE];

/** Characters kept at most: a few very long lines must not cost more than many short ones. */
const MAX_CHARS = 48 << 20;
/** Lines that may come out of order are looked for this far back at most. */
const REACH = 20_000;

/** A line on its way in or to another place. */
interface Line {
  readonly record: LogRecord;
  readonly key: number;
  readonly id: number;
}

export class LogBuffer {
  readonly #capacity: number;
  readonly #maxChars: number;
  #at: Float64Array<ArrayBuffer>;
  /** The time a line is sorted by: its own, but never before that of its source's last line. */
  #key: Float64Array<ArrayBuffer>;
  #id: Float64Array<ArrayBuffer>;
  #src: Int16Array<ArrayBuffer>;
  #kind: Uint8Array<ArrayBuffer>;
  #text: string[];
  /** The lines are at [#head, #tail) of the columns; #head has the place #first. */
  #head = 0;
  #tail = 0;
  #first = 0;
  #chars = 0;
  #lastId = 0;
  #received = 0;
  readonly #lastKey = new Map<number, number>();
  /** While held: so many lines at the start are kept whatever comes. */
  #held = -1;
  /** The id of the row that stands for lines not kept while held, and how many. */
  #gapId = 0;
  #gapLines = 0;
  #changedFrom = Number.POSITIVE_INFINITY;

  constructor(capacity: number, maxChars = MAX_CHARS) {
    this.#capacity = capacity;
    this.#maxChars = maxChars;
    // Room for twice the lines while held, and as much again before all is moved to the start.
    const size = capacity * 4 + 64;
    this.#at = new Float64Array(size);
    this.#key = new Float64Array(size);
    this.#id = new Float64Array(size);
    this.#src = new Int16Array(size);
    this.#kind = new Uint8Array(size);
    this.#text = new Array<string>(size).fill("");
  }

  /** The place of the oldest line. */
  get first(): number {
    return this.#first;
  }

  /** The place behind the newest line. */
  get end(): number {
    return this.#first + this.#tail - this.#head;
  }

  get length(): number {
    return this.#tail - this.#head;
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** How many lines of containers ever came in. */
  get received(): number {
    return this.#received;
  }

  get held(): boolean {
    return this.#held >= 0;
  }

  id(place: number): number {
    return this.#id[this.#slot(place)] ?? 0;
  }

  at(place: number): number {
    return this.#at[this.#slot(place)] ?? 0;
  }

  src(place: number): number {
    return this.#src[this.#slot(place)] ?? -1;
  }

  kind(place: number): LineKind {
    return (this.#kind[this.#slot(place)] ?? LINE.note) as LineKind;
  }

  text(place: number): string {
    return this.#text[this.#slot(place)] ?? "";
  }

  /** Where the line with this id stands now, -1 when it is gone. */
  placeOf(id: number): number {
    // Ids grow with arrival and places nearly so: what is looked for is mostly near the end.
    for (let i = this.#tail - 1; i >= this.#head; i--) {
      if (this.#id[i] === id) return this.#first + i - this.#head;
    }
    return -1;
  }

  /** From which place on lines are not those that were there; Infinity when only the ends moved. */
  takeChange(): number {
    const from = this.#changedFrom;
    this.#changedFrom = Number.POSITIVE_INFINITY;
    return from;
  }

  /**
   * The time of the newest line of a source, or of all (-1): where a remark about
   * it belongs. 0 when there is none.
   */
  lastAt(src: number): number {
    if (src >= 0) return this.#lastKey.get(src) ?? 0;
    return this.length === 0 ? 0 : (this.#key[this.#tail - 1] ?? 0);
  }

  /** Takes lines in. Those of one source keep their order; among several, time decides. */
  append(records: readonly LogRecord[]): void {
    // What can't stay need not come; while held, what is left out is counted.
    const begin = this.held ? 0 : Math.max(0, records.length - this.#capacity);
    const late: Line[] = [];
    for (let i = 0; i < records.length; i++) {
      const record = records[i] as LogRecord;
      if (record.kind <= LINE.stderr) this.#received++;
      if (i < begin) continue;
      const key = Math.max(record.at, this.#lastKey.get(record.src) ?? 0);
      if (record.src >= 0) this.#lastKey.set(record.src, key);
      const newest = this.#tail === this.#head ? 0 : (this.#key[this.#tail - 1] ?? 0);
      if (late.length === 0 && key >= newest) this.#push({ record, key, id: ++this.#lastId });
      else late.push({ record, key, id: ++this.#lastId });
    }
    if (late.length > 0) this.#merge(late);
    this.#trim();
  }

  /** From now on the lines that are here stay, so that they can be read in peace. */
  hold(): void {
    if (this.#held < 0) this.#held = this.length;
  }

  /** The end of hold(): what is over the capacity goes. */
  release(): void {
    if (this.#held < 0) return;
    this.#held = -1;
    this.#gapId = 0;
    this.#gapLines = 0;
    this.#trim();
  }

  clear(): void {
    this.#text.fill("", this.#head, this.#tail);
    this.#first = this.end;
    this.#head = 0;
    this.#tail = 0;
    this.#chars = 0;
    if (this.#held >= 0) this.#held = 0;
    this.#gapId = 0;
    this.#gapLines = 0;
    this.#changedFrom = Math.min(this.#changedFrom, this.#first);
  }

  /** clear(), and forget how far each source was: the same lines may come again. */
  reset(): void {
    this.clear();
    this.#lastKey.clear();
  }

  #slot(place: number): number {
    const slot = place - this.#first + this.#head;
    return slot >= this.#head && slot < this.#tail ? slot : -1;
  }

  #push({ record, key, id }: Line): void {
    if (this.#tail === this.#text.length) this.#toStart();
    const i = this.#tail++;
    this.#at[i] = record.at;
    this.#key[i] = key;
    this.#id[i] = id;
    this.#src[i] = record.src;
    this.#kind[i] = record.kind;
    this.#text[i] = record.text;
    this.#chars += record.text.length;
    if (this.length > this.#limit() + this.#capacity) this.#trim();
  }

  /** Puts lines where their time is: among the newest here, whose order stays. */
  #merge(late: Line[]): void {
    late.sort((a, b) => a.key - b.key || a.id - b.id);
    const low = late[0]?.key ?? 0;
    const floor = Math.max(this.#head + Math.max(0, this.#held), this.#tail - REACH);
    let split = this.#tail;
    while (split > floor && (this.#key[split - 1] ?? 0) > low) split--;
    const old: Line[] = [];
    for (let i = split; i < this.#tail; i++) old.push(this.#lineAt(i));
    this.#changedFrom = Math.min(this.#changedFrom, this.#first + split - this.#head);
    for (const { record } of old) this.#chars -= record.text.length;
    this.#tail = split;
    let next = 0;
    for (const line of late) {
      for (let o = old[next]; o && o.key <= line.key; o = old[++next]) this.#push(o);
      this.#push(line);
    }
    for (let o = old[next]; o; o = old[++next]) this.#push(o);
  }

  #lineAt(slot: number): Line {
    const record = {
      src: this.#src[slot] ?? -1,
      at: this.#at[slot] ?? 0,
      kind: (this.#kind[slot] ?? LINE.note) as LineKind,
      text: this.#text[slot] ?? "",
    };
    return { record, key: this.#key[slot] ?? 0, id: this.#id[slot] ?? 0 };
  }

  #limit(): number {
    return this.#held < 0 ? this.#capacity : this.#held + this.#capacity;
  }

  #trim(): void {
    if (this.#held >= 0) {
      if (this.length > this.#limit() || this.#chars > 2 * this.#maxChars) this.#cut();
      return;
    }
    let drop = Math.max(0, this.length - this.#capacity);
    let chars = this.#chars;
    for (let i = 0; i < drop; i++) chars -= this.#text[this.#head + i]?.length ?? 0;
    while (chars > this.#maxChars && drop < this.length - 1) {
      chars -= this.#text[this.#head + drop]?.length ?? 0;
      drop++;
    }
    if (drop === 0) return;
    this.#text.fill("", this.#head, this.#head + drop);
    this.#head += drop;
    this.#first += drop;
    this.#chars = chars;
  }

  /**
   * Takes lines out behind the held ones, half of what came since, so that it is
   * seldom done; a row in their place says how many there were.
   */
  #cut(): void {
    const gap = this.#head + this.#held;
    const again = this.#gapId !== 0 && this.#id[gap] === this.#gapId;
    const begin = again ? gap + 1 : gap;
    const end = begin + Math.ceil((this.#tail - begin) / 2);
    for (let i = gap; i < end; i++) {
      this.#chars -= this.#text[i]?.length ?? 0;
      if ((this.#kind[i] ?? LINE.note) <= LINE.stderr) this.#gapLines++;
    }
    const { record, key } = this.#lineAt(end - 1);
    if (!again) this.#gapId = ++this.#lastId;
    this.#move(end, this.#tail, gap + 1);
    const tail = gap + 1 + this.#tail - end;
    this.#text.fill("", tail, this.#tail);
    this.#tail = tail;
    const text = `${countText(this.#gapLines)} lines not kept: they came while you were reading`;
    this.#at[gap] = record.at;
    this.#key[gap] = key;
    this.#id[gap] = this.#gapId;
    this.#src[gap] = -1;
    this.#kind[gap] = LINE.gap;
    this.#text[gap] = text;
    this.#chars += text.length;
    this.#changedFrom = Math.min(this.#changedFrom, this.#first + this.#held);
  }

  #toStart(): void {
    this.#move(this.#head, this.#tail, 0);
    const length = this.length;
    this.#text.fill("", length);
    this.#head = 0;
    this.#tail = length;
  }

  #move(from: number, to: number, target: number): void {
    for (const column of [this.#at, this.#key, this.#id, this.#src, this.#kind]) column.copyWithin(target, from, to);
    this.#text.copyWithin(target, from, to);
  }
}
