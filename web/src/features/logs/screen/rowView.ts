/** One row of a log on the page: built once, written over for one line after another. */
import { parseAnsi } from "../model/ansi";
import { countText } from "../model/countText";
import { jsonFields, jsonLine, looksJson } from "../model/jsonLine";
import { LINE, type LineKind, type LogBuffer } from "../model/logBuffer";
import type { LogSource } from "../model/logSession";
import type { Matcher, Ranges } from "../model/query";
import { type TimeMode, timeText } from "../model/timeText";
import { element, fillFields, fillJson, fillText, LONG_LINE, setPlain } from "./lineBody";

/** How rows are to look. A new object whenever something in it changes. */
export interface RowLook {
  readonly time: TimeMode;
  readonly wrap: boolean;
  readonly pretty: boolean;
  readonly sources: readonly LogSource[];
  readonly labels: readonly string[];
  readonly hues: readonly number[];
  readonly matcher: Matcher | null;
}

export interface RowState {
  readonly selected: boolean;
  readonly current: boolean;
  readonly unfolded: boolean;
}

const NO_RANGES: Ranges = [];

export class RowView {
  readonly el = element("div", "ql-row");
  readonly #gutter = element("span", "ql-gutter");
  readonly #time = element("span", "ql-time");
  readonly #source = element("span", "ql-source");
  readonly #fold = element("button", "ql-fold") as HTMLButtonElement;
  readonly #text = element("span", "ql-text");
  /** The line it shows; 0 before the first. */
  id = 0;
  #look: RowLook | null = null;
  #state: RowState = { selected: false, current: false, unfolded: false };
  #at = 0;
  #kind: LineKind = LINE.stdout;
  /** The characters of a row's text without what is not shown: how wide it is. */
  width = 0;

  constructor() {
    this.#fold.type = "button";
    this.#fold.tabIndex = -1;
    this.el.append(this.#gutter, this.#time, this.#source, this.#fold, this.#text);
  }

  /** Shows the line at a place. Does nothing where it does already. */
  write(buffer: LogBuffer, place: number, look: RowLook, state: RowState, now: number): void {
    const id = buffer.id(place);
    const same = id === this.id && look === this.#look;
    // The row that counts what was not kept is the same with other words.
    if (same && state.unfolded === this.#state.unfolded && this.#kind !== LINE.gap) {
      this.#mark(state);
      if (look.time === "relative") setPlain(this.#time, timeText(this.#at, look.time, now));
      return;
    }
    this.id = id;
    this.#look = look;
    this.#at = buffer.at(place);
    this.#kind = buffer.kind(place);
    const src = buffer.src(place);
    this.el.dataset["id"] = String(id);
    this.el.dataset["kind"] = KINDS[this.#kind];
    setPlain(this.#gutter, this.#kind === LINE.stderr ? "err" : "");
    setPlain(this.#time, timeText(this.#at, look.time, now));
    this.#writeSource(src, look);
    this.#writeText(buffer.text(place), look, state.unfolded);
    this.#mark(state);
  }

  #writeSource(src: number, look: RowLook): void {
    const several = look.labels.length > 1;
    this.#source.hidden = !several;
    if (!several) return;
    setPlain(this.#source, look.labels[src] ?? "");
    this.#source.title = look.sources[src]?.name ?? "";
    this.el.style.setProperty("--hue", String(look.hues[src] ?? 0));
    this.el.toggleAttribute("data-hued", src >= 0);
  }

  #writeText(raw: string, look: RowLook, unfolded: boolean): void {
    if (this.#kind > LINE.stderr) {
      this.#writeFold(false, false);
      this.width = raw.length;
      setPlain(this.#text, this.#kind === LINE.failed ? `Log can't be read: ${raw}` : raw);
      this.#text.removeAttribute("data-json");
      return;
    }
    const rangesOf = (text: string) => look.matcher?.ranges(text) ?? NO_RANGES;
    const parsed = parseAnsi(raw);
    const json = looksJson(parsed.text);
    const long = parsed.text.length > LONG_LINE;
    this.#writeFold(json || long, unfolded);
    this.width = Math.min(widthOf(parsed.text), LONG_LINE);
    const fields = json && unfolded ? jsonFields(parsed.text) : null;
    const line = json && look.pretty && !unfolded ? jsonLine(parsed.text) : null;
    this.#text.toggleAttribute("data-json", fields !== null || line !== null);
    if (fields) fillFields(this.#text, fields, rangesOf);
    else if (line) fillJson(this.#text, line, rangesOf);
    else if (!long || unfolded) fillText(this.#text, parsed, rangesOf(parsed.text));
    else {
      const text = parsed.text.slice(0, LONG_LINE);
      const runs = parsed.runs
        .filter((r) => r.start < LONG_LINE)
        .map((r) => (r.end > LONG_LINE ? { ...r, end: LONG_LINE } : r));
      fillText(this.#text, { text, runs }, rangesOf(text));
      const more = element("span", "ql-rest");
      more.textContent = ` … ${countText(parsed.text.length - LONG_LINE)} more characters`;
      this.#text.append(more);
    }
  }

  #writeFold(can: boolean, unfolded: boolean): void {
    this.#fold.toggleAttribute("data-none", !can);
    if (!can) return;
    this.#fold.setAttribute("aria-expanded", String(unfolded));
    this.#fold.setAttribute("aria-label", unfolded ? "Fold the line" : "Unfold the line");
  }

  #mark(state: RowState): void {
    this.#state = state;
    this.el.toggleAttribute("data-selected", state.selected);
    this.el.toggleAttribute("data-current", state.current);
    this.el.toggleAttribute("data-unfolded", state.unfolded);
  }
}

const KINDS: Record<LineKind, string> = {
  [LINE.stdout]: "stdout",
  [LINE.stderr]: "stderr",
  [LINE.note]: "note",
  [LINE.gap]: "gap",
  [LINE.failed]: "failed",
  [LINE.moment]: "moment",
};

/** About how many columns a text takes: tabs and wide characters take more than one. */
export function widthOf(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
  if (!/[^\x00-\x08\x0a-\x7f]/.test(text)) return text.length;
  let width = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    width += c === 9 ? 8 - (width % 8) : c >= 0x1100 && c < 0xd800 ? 2 : 1;
  }
  return width;
}
