/**
 * What a terminal would show of a line: its characters, and how they look (SGR:
 * ECMA-48 8.3.117 with the extensions of xterm). All other escape sequences,
 * cursor moves, titles, links, are taken out whole; stray control characters
 * become their pictures, so that nothing in a line is hidden or acted on.
 */
export interface Style {
  readonly fg: Color;
  readonly bg: Color;
  /** Of the FLAG bits. */
  readonly flags: number;
}

/** NO_COLOR, 0 to 255 of the palette, or TRUE_COLOR | 0xrrggbb. */
export type Color = number;
export const NO_COLOR: Color = -1;
export const TRUE_COLOR: Color = 0x1000000;

export const FLAG = { bold: 1, dim: 2, italic: 4, underline: 8, reverse: 16, strike: 32 } as const;

/** A stretch of characters that look alike; what no run covers is plain. */
export interface Run {
  readonly start: number;
  readonly end: number;
  readonly style: Style;
}

export interface Parsed {
  readonly text: string;
  readonly runs: readonly Run[];
}

const PLAIN: Style = { fg: NO_COLOR, bg: NO_COLOR, flags: 0 };
const NO_RUNS: readonly Run[] = [];
/** A sequence that is longer than that is none: its introducer alone goes. */
const MAX_CSI = 256;
const MAX_STRING = 4096;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const SPECIAL = /[\x00-\x08\x0a-\x1f\x7f-\x9f]/;

/** parseAnsi reads a line. One without anything special comes back as it is. */
export function parseAnsi(line: string): Parsed {
  if (!SPECIAL.test(line)) return { text: line, runs: NO_RUNS };
  return new Reader(line).read();
}

/** stripAnsi gives the characters alone. */
export function stripAnsi(line: string): string {
  return SPECIAL.test(line) ? new Reader(line).read().text : line;
}

class Reader {
  readonly #line: string;
  #text = "";
  readonly #runs: Run[] = [];
  #style = PLAIN;
  #runStart = 0;

  constructor(line: string) {
    this.#line = line;
  }

  read(): Parsed {
    const line = this.#line;
    // The carriage return of a Windows line end or of a terminal is no content.
    const end = line.endsWith("\r") ? line.length - 1 : line.length;
    let from = 0;
    let i = 0;
    while (i < end) {
      const c = line.charCodeAt(i);
      if ((c >= 0x20 && c < 0x7f) || c > 0x9f || c === 0x09) {
        i++;
        continue;
      }
      this.#text += line.slice(from, i);
      i = this.#special(i, end, c);
      from = i;
    }
    this.#text += line.slice(from, end);
    this.#endRun();
    return { text: this.#text, runs: this.#runs };
  }

  /** Handles the special character at i; returns where to go on. */
  #special(i: number, end: number, c: number): number {
    if (c === 0x1b) {
      const next = i + 1 < end ? this.#line.charCodeAt(i + 1) : 0;
      if (next === 0x5b) return this.#csi(i + 2, end);
      // OSC, DCS, SOS, PM, APC: a string up to its terminator.
      if (next === 0x5d || next === 0x50 || next === 0x58 || next === 0x5e || next === 0x5f) {
        return this.#string(i + 2, end);
      }
      return otherEscape(this.#line, i + 1, end);
    }
    if (c === 0x9b) return this.#csi(i + 1, end);
    if (c === 0x9d || c === 0x90 || c === 0x98 || c === 0x9e || c === 0x9f) return this.#string(i + 1, end);
    if (c < 0x20) this.#text += String.fromCharCode(0x2400 + c);
    else if (c === 0x7f) this.#text += "\u2421";
    return i + 1;
  }

  /** CSI: parameters, intermediates, a final character; m is SGR. */
  #csi(start: number, end: number): number {
    const stop = Math.min(end, start + MAX_CSI);
    let i = start;
    while (i < stop && within(this.#line.charCodeAt(i), 0x30, 0x3f)) i++;
    const params = this.#line.slice(start, i);
    const plain = i;
    while (i < stop && within(this.#line.charCodeAt(i), 0x20, 0x2f)) i++;
    if (i >= stop || !within(this.#line.charCodeAt(i), 0x40, 0x7e)) return start;
    if (this.#line.charCodeAt(i) === 0x6d && plain === i && /^[\d;:]*$/.test(params)) {
      this.#become(sgr(this.#style, params));
    }
    return i + 1;
  }

  /** A control string ends with BEL or ST; one without an end is none. */
  #string(start: number, end: number): number {
    const stop = Math.min(end, start + MAX_STRING);
    for (let i = start; i < stop; i++) {
      const c = this.#line.charCodeAt(i);
      if (c === 0x07 || c === 0x9c) return i + 1;
      if (c === 0x1b) return this.#line.charCodeAt(i + 1) === 0x5c && i + 1 < end ? i + 2 : i;
    }
    return start;
  }

  #become(style: Style): void {
    if (style === this.#style) return;
    this.#endRun();
    this.#style = style;
  }

  #endRun(): void {
    const end = this.#text.length;
    if (this.#style !== PLAIN && end > this.#runStart) {
      this.#runs.push({ start: this.#runStart, end, style: this.#style });
    }
    this.#runStart = end;
  }
}

/** ESC, intermediates, a final character: charsets, keypad modes and the like. */
function otherEscape(line: string, start: number, end: number): number {
  let i = start;
  while (i < end && i < start + 4 && within(line.charCodeAt(i), 0x20, 0x2f)) i++;
  return i < end && within(line.charCodeAt(i), 0x30, 0x7e) ? i + 1 : start;
}

function within(c: number, low: number, high: number): boolean {
  return c >= low && c <= high;
}

/** sgr is the style after the parameters of one sequence. */
export function sgr(style: Style, params: string): Style {
  let next = style;
  const list = params === "" ? ["0"] : params.split(";");
  for (let i = 0; i < list.length; i++) {
    const part = list[i] ?? "";
    const code = Number.parseInt(part, 10) || 0;
    if (code !== 38 && code !== 48 && code !== 58) {
      next = simple(next, code, part);
      continue;
    }
    const colons = part.includes(":");
    const { color, used } = colons ? colonColor(part.split(":")) : extendedColor(list.slice(i, i + 5));
    i += used - 1;
    if (color !== null && code === 38) next = { ...next, fg: color };
    if (color !== null && code === 48) next = { ...next, bg: color };
  }
  if (next.fg === NO_COLOR && next.bg === NO_COLOR && next.flags === 0) return PLAIN;
  return next.fg === style.fg && next.bg === style.bg && next.flags === style.flags ? style : next;
}

/** A code that stands alone; part is its text, with its colons. */
function simple(style: Style, code: number, part: string): Style {
  if (code === 0) return PLAIN;
  if (within(code, 30, 37)) return { ...style, fg: code - 30 };
  if (within(code, 90, 97)) return { ...style, fg: code - 82 };
  if (code === 39) return { ...style, fg: NO_COLOR };
  if (within(code, 40, 47)) return { ...style, bg: code - 40 };
  if (within(code, 100, 107)) return { ...style, bg: code - 92 };
  if (code === 49) return { ...style, bg: NO_COLOR };
  return { ...style, flags: flagsAfter(style.flags, code, part) };
}

function flagsAfter(flags: number, code: number, part: string): number {
  switch (code) {
    case 1:
      return flags | FLAG.bold;
    case 2:
      return flags | FLAG.dim;
    case 3:
      return flags | FLAG.italic;
    case 4:
      // 4:0 is no underline, 4:3 a curly one.
      return part.endsWith(":0") ? flags & ~FLAG.underline : flags | FLAG.underline;
    case 7:
      return flags | FLAG.reverse;
    case 9:
      return flags | FLAG.strike;
    case 21:
      return flags | FLAG.underline;
    case 22:
      return flags & ~(FLAG.bold | FLAG.dim);
    case 23:
      return flags & ~FLAG.italic;
    case 24:
      return flags & ~FLAG.underline;
    case 27:
      return flags & ~FLAG.reverse;
    case 29:
      return flags & ~FLAG.strike;
    default:
      return flags;
  }
}

interface Extended {
  /** null: not one that can be read. */
  readonly color: Color | null;
  /** How many parameters it took. */
  readonly used: number;
}

/** 38;5;n and 38;2;r;g;b, the widespread form. */
function extendedColor(p: readonly string[]): Extended {
  if (p[1] === "5") return { color: palette(p[2]), used: Math.min(3, p.length) };
  if (p[1] === "2") return { color: rgb(p[2], p[3], p[4]), used: Math.min(5, p.length) };
  return { color: null, used: 1 };
}

/** 38:5:n, 38:2:r:g:b and 38:2:space:r:g:b, the form of the standard. */
function colonColor(p: readonly string[]): Extended {
  if (p[1] === "5") return { color: palette(p[2]), used: 1 };
  if (p[1] === "2") return { color: p.length > 5 ? rgb(p[3], p[4], p[5]) : rgb(p[2], p[3], p[4]), used: 1 };
  return { color: null, used: 1 };
}

function byte(text: string | undefined): number | null {
  if (text === "") return 0;
  if (text === undefined || !/^\d{1,3}$/.test(text)) return null;
  const n = Number(text);
  return n <= 255 ? n : null;
}

function palette(n: string | undefined): Color | null {
  return byte(n);
}

function rgb(r: string | undefined, g: string | undefined, b: string | undefined): Color | null {
  const [red, green, blue] = [byte(r), byte(g), byte(b)];
  if (red === null || green === null || blue === null) return null;
  return TRUE_COLOR | (red << 16) | (green << 8) | blue;
}
