/**
 * A line's text as nodes: colours and highlights as spans around text nodes.
 * Nothing in a line ever becomes markup.
 */
import { FLAG, NO_COLOR, type Parsed, type Style } from "../model/ansi";
import { groundColor, textColor } from "../model/color";
import type { JsonLine } from "../model/jsonLine";
import type { Ranges } from "../model/query";

/** Characters of one row at most, until it is unfolded. */
export const LONG_LINE = 2_000;

/** Fills el with a parsed line. The usual line, plain and without a match, costs one text node. */
export function fillText(el: HTMLElement, parsed: Parsed, ranges: Ranges): void {
  if (parsed.runs.length === 0 && ranges.length === 0) {
    setPlain(el, parsed.text);
    return;
  }
  const nodes: Node[] = [];
  let at = 0;
  for (const run of parsed.runs) {
    if (run.start > at) pieces(nodes, parsed.text, at, run.start, null, ranges);
    pieces(nodes, parsed.text, run.start, run.end, run.style, ranges);
    at = run.end;
  }
  if (at < parsed.text.length) pieces(nodes, parsed.text, at, parsed.text.length, null, ranges);
  el.replaceChildren(...nodes);
}

/** The one-line view of a JSON line: level, what it says, then key=value. */
export function fillJson(el: HTMLElement, line: JsonLine, rangesOf: (text: string) => Ranges): void {
  const nodes: Node[] = [];
  const add = (className: string, text: string) => {
    const span = element("span", className);
    fillText(span, { text, runs: [] }, rangesOf(text));
    nodes.push(span);
  };
  if (line.level !== "") {
    add(`ql-level ql-tone-${line.tone}`, line.level.toUpperCase());
    nodes.push(document.createTextNode(" "));
  }
  if (line.message !== "") add("ql-message", line.message);
  for (const [key, value] of line.fields) {
    nodes.push(document.createTextNode("  "));
    add("ql-key", `${key}=`);
    add("ql-value", value);
  }
  el.replaceChildren(...nodes);
}

/** The unfolded view: a key a line. */
export function fillFields(
  el: HTMLElement,
  fields: readonly (readonly [string, string])[],
  rangesOf: (text: string) => Ranges,
): void {
  const list = element("span", "ql-fields");
  for (const [key, value] of fields) {
    const row = element("span", "ql-field");
    const name = element("span", "ql-key");
    fillText(name, { text: `${key}: `, runs: [] }, rangesOf(key));
    const text = element("span", "ql-value");
    fillText(text, { text: value, runs: [] }, rangesOf(value));
    row.append(name, text, document.createTextNode("\n"));
    list.append(row);
  }
  el.replaceChildren(list);
}

export function element(tag: string, className: string): HTMLElement {
  const el = document.createElement(tag);
  el.className = className;
  return el;
}

/** Sets an element's only text node, and touches the page only when it differs. */
export function setPlain(el: HTMLElement, text: string): void {
  const only = el.firstChild;
  if (only instanceof Text && only === el.lastChild) {
    if (only.data !== text) only.data = text;
  } else {
    el.textContent = text;
  }
}

/** The characters from start to end in one style, cut where highlights begin and end. */
function pieces(nodes: Node[], text: string, start: number, end: number, style: Style | null, ranges: Ranges): void {
  let at = start;
  for (let i = 0; i < ranges.length && at < end; i += 2) {
    const from = Math.max(at, ranges[i] ?? 0);
    const to = Math.min(end, ranges[i + 1] ?? 0);
    if (to <= at || from >= end) continue;
    if (from > at) nodes.push(piece(text.slice(at, from), style, false));
    nodes.push(piece(text.slice(from, to), style, true));
    at = to;
  }
  if (at < end) nodes.push(piece(text.slice(at, end), style, false));
}

function piece(text: string, style: Style | null, match: boolean): Node {
  if (!style && !match) return document.createTextNode(text);
  const el = document.createElement(match ? "mark" : "span");
  el.textContent = text;
  if (match) el.className = "ql-match";
  // A highlight has colours of its own, so that it reads on any.
  else if (style) dress(el, style);
  return el;
}

function dress(el: HTMLElement, style: Style): void {
  const { flags } = style;
  const reverse = (flags & FLAG.reverse) !== 0;
  const fg = reverse ? style.bg : style.fg;
  const bg = reverse ? style.fg : style.bg;
  const names: string[] = [];
  if (flags & FLAG.bold) names.push("ql-bold");
  if (flags & FLAG.dim) names.push("ql-dim");
  if (flags & FLAG.italic) names.push("ql-italic");
  if (flags & FLAG.underline) names.push("ql-under");
  if (flags & FLAG.strike) names.push("ql-strike");
  if (reverse && fg === NO_COLOR && bg === NO_COLOR) names.push("ql-reverse");
  if (fg >= 0 && fg < 16) names.push(`ql-fg${fg}`);
  if (bg >= 0 && bg < 16) names.push(`ql-bg${bg}`);
  if (fg >= 16) {
    const color = textColor(fg);
    names.push("ql-fg");
    el.style.setProperty("--fg-light", color.light);
    el.style.setProperty("--fg-dark", color.dark);
  }
  if (bg >= 16) {
    const color = groundColor(bg);
    names.push("ql-bg");
    el.style.setProperty("--bg-light", color.light);
    el.style.setProperty("--bg-dark", color.dark);
  }
  el.className = names.join(" ");
}
