import type { Socket } from "node:net";

/** What may wait in a direction before its source is held back. */
const MAX_WAITING = 256 * 1024;
/** Narrow lines are fed in pieces of so many milliseconds. */
const PIECE_MS = 50;

/**
 * One direction of a connection through the proxy. Bytes keep their order. It
 * has one timer, for the next piece, which `end` stops.
 */
export class Direction {
  readonly #sink: Socket;
  readonly #source: Socket;
  /** What came and was not forwarded, and when it came. An empty piece is the end. */
  readonly #waiting: { at: number; bytes: Buffer | null }[] = [];
  #waitingBytes = 0;
  #delayMs = 0;
  #bytesPerSecond = Number.POSITIVE_INFINITY;
  #stalled = false;
  #lost = false;
  #over = false;
  /** Until then the line is busy with what was written. */
  #busyUntil = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(source: Socket, sink: Socket) {
    this.#source = source;
    this.#sink = sink;
    source.on("data", (bytes: Buffer) => this.#take(bytes));
    source.on("end", () => this.#take(null));
    sink.on("drain", () => this.#pump());
  }

  delay(ms: number): void {
    this.#delayMs = ms;
    this.#pump();
  }

  limit(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
    this.#busyUntil = 0;
    this.#pump();
  }

  stall(stalled: boolean): void {
    this.#stalled = stalled;
    this.#pump();
  }

  /** From now on nothing arrives, not even the end. */
  lose(): void {
    this.#lost = true;
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    this.#source.resume();
  }

  end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  #take(bytes: Buffer | null): void {
    if (this.#lost || this.#over) return;
    this.#waiting.push({ at: performance.now(), bytes });
    this.#waitingBytes += bytes?.length ?? 0;
    if (this.#waitingBytes > MAX_WAITING) this.#source.pause();
    this.#pump();
  }

  /** pump forwards what is due and sets the timer for what is not. */
  #pump(): void {
    clearTimeout(this.#timer);
    while (!this.#over && !this.#stalled && !this.#lost) {
      const head = this.#waiting[0];
      if (!head || this.#sink.writableNeedDrain) return;
      const now = performance.now();
      const due = Math.max(head.at + this.#delayMs, this.#busyUntil);
      if (due > now) {
        this.#timer = setTimeout(() => this.#pump(), Math.ceil(due - now));
        return;
      }
      this.#forward(head, now);
    }
  }

  #forward(head: { bytes: Buffer | null }, now: number): void {
    if (head.bytes === null) {
      this.#waiting.shift();
      this.#sink.end();
      return;
    }
    const most = Math.max(1, (this.#bytesPerSecond * PIECE_MS) / 1000);
    const piece = head.bytes.length <= most ? head.bytes : head.bytes.subarray(0, most);
    if (piece === head.bytes) this.#waiting.shift();
    else head.bytes = head.bytes.subarray(piece.length);
    this.#waitingBytes -= piece.length;
    this.#busyUntil = now + (piece.length / this.#bytesPerSecond) * 1000;
    this.#sink.write(piece);
    if (this.#waitingBytes <= MAX_WAITING / 2) this.#source.resume();
  }
}
