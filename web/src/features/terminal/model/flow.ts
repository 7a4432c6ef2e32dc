/**
 * What is typed, on its way to the server: no more is sent than the server has
 * room for, and the rest waits here. Pure, without a socket.
 */

/** So much may wait: a paste beyond it is refused whole. In UTF-16 units. */
export const MOST_WAITING = 1 << 20;

/** The largest piece, in UTF-16 units: as JSON it stays under what the server reads, whatever is in it. */
const PIECE = 4_096;

/** What Ctrl-C, Ctrl-\ and Ctrl-Z type. Nobody who types them wants what waits before them. */
const INTERRUPTS: ReadonlySet<string> = new Set(["\x03", "\x1c", "\x1a"]);

export interface Piece {
  readonly n: number;
  readonly text: string;
}

const encoder = new TextEncoder();

export class InputFlow {
  readonly #send: (piece: Piece) => void;
  readonly #frameCost: number;
  #left: number;
  #n = 0;
  /** Costs of the pieces on their way, the oldest first. */
  readonly #sent: number[] = [];
  #waiting = "";

  constructor(window: number, frameCost: number, send: (piece: Piece) => void) {
    this.#left = window;
    this.#frameCost = frameCost;
    this.#send = send;
  }

  /** How much waits, in UTF-16 units. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Sends text, or lets it wait; false where there is too much of it. */
  type(text: string): boolean {
    if (INTERRUPTS.has(text)) this.#waiting = "";
    if (this.#waiting.length + text.length > MOST_WAITING) return false;
    this.#waiting += text;
    this.#pump();
    return true;
  }

  /** The server has the pieces up to n. */
  took(n: number): void {
    let oldest = this.#n - this.#sent.length + 1;
    for (; this.#sent.length > 0 && oldest <= n; oldest++) this.#left += this.#sent.shift() ?? 0;
    this.#pump();
  }

  #pump(): void {
    while (this.#waiting !== "") {
      const text = firstPiece(this.#waiting);
      const cost = encoder.encode(text).length + this.#frameCost;
      // Never beyond the window, unlike what the server allows: one that is larger than the window goes alone.
      if (cost > this.#left && this.#sent.length > 0) return;
      this.#waiting = this.#waiting.slice(text.length);
      this.#left -= cost;
      this.#sent.push(cost);
      this.#n++;
      this.#send({ n: this.#n, text });
    }
  }
}

/** The beginning of text, not cut within a character. */
function firstPiece(text: string): string {
  if (text.length <= PIECE) return text;
  const last = text.charCodeAt(PIECE - 1);
  const cut = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, cut ? PIECE - 1 : PIECE);
}
