import type { Scale } from "../../components/container/scale";
import { DASH, quantityText } from "../../components/format/quantity";
import { formatClock } from "../../components/format/time";
import type { PlotClass } from "./loadPlot";
import type { Picture } from "./model/picture";
import { type ChartSpec, ofWords, quantityOf } from "./model/specs";
import type { Summary } from "./model/summary";
import type { Palette } from "./palette";
import { Plot, type PlotEvents } from "./plot";

/** The elements of a chart that are written by hand. */
export interface CardParts {
  /** Where the plot goes. */
  readonly host: HTMLElement;
  /** What has the picture's words, for those who can't see it. */
  readonly figure: HTMLElement;
  /** The current values, one for each line. */
  readonly values: readonly HTMLElement[];
  readonly summary: HTMLElement;
}

/** What a sample stands for at most, when the mean is taken. */
const CAP_MS = 15_000;
/** A last value older than that is not the current one. */
const CURRENT_TICKS = 3.25;

/** A chart with the numbers around it: the value in its head, its minimum, mean and maximum below. */
export class Card {
  readonly spec: ChartSpec;
  readonly #plot: Plot;
  readonly #parts: CardParts;
  readonly #sizes: ResizeObserver;
  #scale: Scale;
  #at: number | null = null;
  #picture: Picture | null = null;
  #summaries: readonly Summary[] = [];

  constructor(
    plotClass: PlotClass,
    spec: ChartSpec,
    parts: CardParts,
    events: PlotEvents,
    scale: Scale,
    palette: Palette,
  ) {
    this.spec = spec;
    this.#parts = parts;
    this.#scale = scale;
    this.#plot = new Plot(plotClass, spec, parts.host, events, scale, palette);
    this.#sizes = new ResizeObserver(() => this.#plot.resize(parts.host.clientWidth));
    this.#sizes.observe(parts.host);
  }

  get canvas(): HTMLCanvasElement {
    return this.#plot.canvas;
  }

  /** What stands beside the title: what the numbers are of. */
  get of(): string {
    return ofWords(this.spec.id, this.#scale);
  }

  setScale(scale: Scale): void {
    this.#scale = scale;
    this.#plot.setScale(scale);
    this.#summarise();
    this.tell(this.#at);
  }

  recolor(palette: Palette): void {
    this.#plot.recolor(palette);
  }

  draw(picture: Picture): void {
    this.#picture = picture;
    this.#plot.draw(picture);
    this.#summarise();
  }

  point(at: number): void {
    this.#plot.point(at);
  }

  /** Writes the values at a time into the head; those of now, or of the moment, without one. */
  tell(at: number | null): void {
    this.#at = at;
    const values = at === null ? this.#current() : this.#plot.valuesAt(at);
    this.#parts.values.forEach((el, i) => {
      write(el, this.#words(values[i] ?? Number.NaN));
    });
  }

  /** The summary in words, one sentence for each line. */
  words(): string[] {
    return this.spec.lines.map(({ label }, i) => {
      const s = this.#summaries[i];
      const name = label === "" ? "" : `${label}: `;
      if (!s || Number.isNaN(s.avg)) return `${name}nothing known`;
      const { min, avg, max } = s;
      return `${name}min ${this.#words(min)} · avg ${this.#words(avg)} · max ${this.#words(max)}`;
    });
  }

  destroy(): void {
    this.#sizes.disconnect();
    this.#plot.destroy();
  }

  /** The values of the moment that is looked around, or the last ones, unless they are old: then it is not known how it is now. */
  #current(): number[] {
    const p = this.#picture;
    if (!p) return [];
    if (p.moment !== null) return this.#plot.valuesAt(p.moment).map((v) => v ?? Number.NaN);
    const end = p.at.findLast((_, i) => !p.breaks.has(i)) ?? Number.NEGATIVE_INFINITY;
    if (p.to - end > CURRENT_TICKS * p.tickMs) return [];
    return this.#summaries.map((s) => s.last);
  }

  #summarise(): void {
    this.#summaries = this.#plot.summaries(CAP_MS);
    const words = this.words();
    write(this.#parts.summary, words.join("\n"));
    const { title } = this.spec;
    const last = this.#current().map((v) => this.#words(v));
    const moment = this.#picture?.moment ?? null;
    const when = moment === null ? "now" : `at ${formatClock(moment)}`;
    const label = `${title} ${this.of}, ${when} ${last.join(" and ") || DASH}. ${words.join(". ")}.`;
    if (this.#parts.figure.getAttribute("aria-label") !== label) this.#parts.figure.setAttribute("aria-label", label);
  }

  #words(value: number): string {
    return quantityText(quantityOf(this.spec.id, value, this.#scale));
  }
}

function write(el: HTMLElement, text: string): void {
  if (el.textContent !== text) el.textContent = text;
}
