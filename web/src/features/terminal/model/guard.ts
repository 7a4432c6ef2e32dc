/**
 * What a program writes is not to be trusted: a control string (OSC, DCS, APC, PM,
 * SOS) that does not end would be collected by the terminal, megabytes of it. One
 * that grows too long is cancelled, and its rest is left out. Pure; knows from
 * piece to piece where in the text it is.
 */

/** So long may a control string be: titles, colours, an address in a hyperlink. In UTF-16 units. */
export const MOST_STRING = 8_192;

const ESC = 0x1b;
const BEL = 0x07;
const CAN = 0x18;
const SUB = 0x1a;

/** What begins a control string, or the sequence that may: without any of it, text is text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for.
const BEGINS = /[\x1b\x90\x98\x9d-\x9f]/;

export class StringGuard {
  /** escape: after an ESC that may begin a string. */
  #where: "text" | "escape" | "string" = "text";
  #length = 0;
  /** The string that we are in was cancelled. */
  #cut = false;

  /** The text as the terminal may have it. */
  filter(text: string): string {
    if (this.#where === "text" && !BEGINS.test(text)) return text;
    let out = "";
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const before = this.#cut;
      const belongs = this.#step(text.charCodeAt(i));
      if (this.#cut === before) continue;
      if (this.#cut) out += `${text.slice(from, i)}\x18`;
      else from = belongs ? i + 1 : i;
    }
    return this.#cut ? out : out + text.slice(from);
  }

  /** Takes one character; true where it belongs to the string that it ends. */
  #step(code: number): boolean {
    if (this.#where === "string") return this.#inString(code);
    if (startsString8(code) || (this.#where === "escape" && startsString7(code))) {
      this.#where = "string";
      this.#length = 0;
    } else {
      this.#where = code === ESC ? "escape" : "text";
    }
    return false;
  }

  #inString(code: number): boolean {
    if (code === BEL || code === CAN || code === SUB || code === 0x9c) {
      this.#end("text");
      return true;
    }
    if (code === ESC) {
      // With a backslash it ends the string; with anything else it begins another sequence.
      this.#end("escape");
    } else if (code >= 0x80 && code < 0xa0) {
      if (!startsString8(code)) this.#end("text");
    } else if (++this.#length > MOST_STRING) {
      this.#cut = true;
    }
    return false;
  }

  #end(where: "text" | "escape"): void {
    this.#where = where;
    this.#cut = false;
  }
}

/** P X ] ^ _ after an ESC. */
function startsString7(code: number): boolean {
  return code === 0x50 || code === 0x58 || (code >= 0x5d && code <= 0x5f);
}

/** The same as one character of C1. */
function startsString8(code: number): boolean {
  return code === 0x90 || code === 0x98 || (code >= 0x9d && code <= 0x9f);
}
