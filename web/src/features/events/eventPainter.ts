/**
 * Writes the items of the feed: React makes their elements, once, and this gives
 * them an event. In a rush the feed has a screen of new events each second, and
 * text in an element that is there costs a third of an element made for it.
 */
import type { Event } from "../../api/types.gen";
import { GLYPH_TONES } from "../../components/event/EventGlyph";
import { EVENT_PATHS } from "../../components/event/eventPaths";
import { eventView, kindOf, subjectOf } from "../../components/event/eventText";
import { formatExact, parseTime } from "../../components/format/time";
import { whenText } from "../../components/format/when";
import { containerPath } from "../../components/routes";

interface Parts {
  readonly glyph: Element;
  readonly path: Element;
  readonly subject: Element;
  readonly name: Text;
  readonly time: Element;
  readonly when: Text;
  readonly words: Text;
}

interface Item {
  readonly parts: Parts;
  event: Event | null;
  at: number;
}

export class EventPainter {
  readonly #now: () => number;
  readonly #items = new Map<Element, Item>();
  /** Also those that are between two events: their parts are looked up once. */
  readonly #known = new WeakMap<Element, Item>();

  /** now is the server's clock, as the events' times are. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Writes an event into an item. */
  bind(el: Element, event: Event): void {
    const item = this.#known.get(el) ?? { parts: partsOf(el), event: null, at: 0 };
    const { parts } = item;
    // The focus was on an event that is gone: it is not on the one that took its place.
    const other = item.event !== null && item.event !== event;
    if (other && parts.subject === document.activeElement) (parts.subject as HTMLElement).blur();
    const at = parseTime(event.time);
    item.event = event;
    item.at = at;
    this.#known.set(el, item);
    this.#items.set(el, item);
    const { icon, tone } = eventView(event);
    write(parts.path, "d", EVENT_PATHS[icon]);
    write(parts.glyph, "class", `${GLYPH} ${GLYPH_TONES[tone]}`);
    writeText(parts.name, subjectOf(event));
    write(
      parts.subject,
      "href",
      event.kind === "container" ? containerPath(`${event.engine}/${event.id}`, "overview", event.time) : null,
    );
    write(parts.time, "datetime", event.time);
    writeText(parts.when, whenText(at, this.#now()));
    writeText(parts.words, wordsOf(event));
    for (const explained of [parts.subject, parts.time, parts.words.parentElement]) explained?.removeAttribute("title");
  }

  release(el: Element): void {
    this.#items.delete(el);
  }

  /** A second has passed. */
  tick(): void {
    const now = this.#now();
    for (const { parts, at } of this.#items.values()) writeText(parts.when, whenText(at, now));
  }

  /** Says in titles what is under the pointer: nobody reads twenty of them a second. */
  explain(target: Element): void {
    const item = this.#items.get(target.closest("[data-event]") ?? target);
    if (!item?.event) return;
    const { parts, event, at } = item;
    write(parts.subject, "title", `${event.name}\n${event.id}`);
    write(parts.time, "title", formatExact(at));
    const words = parts.words.parentElement;
    if (words) write(words, "title", wordsOf(event));
  }
}

const GLYPH = "mt-[3px] shrink-0";

/** What happened, with the kind of what it happened to where that is no container. */
export function wordsOf(event: Event): string {
  const kind = kindOf(event);
  const { words } = eventView(event);
  return kind === "container" || kind === "exec" ? words : `${event.kind} ${words}`;
}

function partsOf(el: Element): Parts {
  const part = (selector: string): Element => {
    const found = el.querySelector(selector);
    if (!found) throw new Error(`an item of the feed has no ${selector}`);
    return found;
  };
  const text = (selector: string): Text => part(selector).appendChild(document.createTextNode(""));
  return {
    glyph: part("[data-glyph]"),
    path: part("path"),
    subject: part("a"),
    name: text("a"),
    time: part("time"),
    when: text("time"),
    words: text("[data-words]"),
  };
}

function write(el: Element, name: string, value: string | null): void {
  if (el.getAttribute(name) === value) return;
  if (value === null) el.removeAttribute(name);
  else el.setAttribute(name, value);
}

function writeText(node: Text, text: string): void {
  if (node.data !== text) node.data = text;
}
