import { ApiError } from "../../api/client";
import type { Container, Event } from "../../api/types.gen";
import type { Scale } from "../../components/container/scale";
import type { Frames, Timers } from "../../lib/timers";
import { knownUntil } from "../../store/knownUntil";
import type { Live } from "../../store/live";
import type { EventRow } from "../../store/state";
import { type Around, problemOf, readAround } from "./around";
import { Card, type CardParts } from "./card";
import type { PlotClass } from "./loadPlot";
import { CHARTED, type Charted, History, type Values } from "./model/history";
import type { Interval } from "./model/interval";
import { idleOf, type Marker, markersOf } from "./model/life";
import { fillEvery, idleOfEvents, momentNote, paceOf, windowAround } from "./model/moment";
import { type Picture, pictureOf } from "./model/picture";
import { RANGE_MS, type Range } from "./model/ranges";
import { readoutText } from "./model/readout";
import { CHARTS, type ChartId, type ChartSpec, isShown } from "./model/specs";
import { onThemeChange, readPalette } from "./palette";

/** What React draws of the charts: it changes when somebody does something, not with every sample. */
export interface DeckState {
  /** Of the past, which the server keeps. */
  readonly past: "loading" | "ready" | "failed";
  /** Why the past can't be had. */
  readonly problem: string;
  /** Since when the picture stands still (server's clock); null while it runs. */
  readonly heldAt: number | null;
  readonly zoomed: boolean;
  /** What is to be said of a moment's window; "" where the picture says it all. */
  readonly note: string;
  /** The charts there is something to show in. */
  readonly charts: readonly ChartSpec[];
}

export interface DeckParts {
  readonly live: Live;
  readonly plotClass: PlotClass;
  readonly timers: Timers;
  readonly visibility: Pick<Frames, "onHide">;
}

interface Held {
  readonly by: "pointer" | "zoom";
  readonly from: number;
  readonly to: number;
}

/** A pointer that goes from one chart to the next leaves the first for a moment. */
const LEAVE_MS = 600;
/** No zoom closer than that: there is nothing between two samples. */
const LEAST_ZOOM_MS = 3_000;
/** So many ticks without a sample, and the server is asked whether it has them. */
const ASK_AFTER_TICKS = 3.25;
/** And not more often than that, whatever happens. */
const ASK_EVERY_MS = 5_000;

const ALWAYS = CHARTS.filter((c) => c.shown === "always");

/**
 * The charts of one container: it keeps the past, takes in what comes, decides
 * which window is shown, and has the cards drawn. Once a metrics commit, without
 * React. start() begins, the returned function ends; nothing else has timers.
 *
 * Around a moment of the past nothing is taken in: the window is read from the
 * history and stands still.
 */
export class Deck {
  readonly #live: Live;
  readonly #parts: DeckParts;
  readonly #key: string;
  /** The moment that is looked around, Unix milliseconds; null is now. */
  readonly #moment: number | null;
  #history = new History();
  #around: (Around & { window: Interval }) | null = null;
  readonly #cards = new Map<ChartId, Card>();
  readonly #listeners = new Set<() => void>();
  #palette = readPalette();
  #scale: Scale;
  #range: Range;
  #held: Held | null = null;
  #hoverAt: number | null = null;
  #state: DeckState = { past: "loading", problem: "", heldAt: null, zoomed: false, note: "", charts: ALWAYS };
  #picture: Picture | null = null;
  #readout: HTMLElement | null = null;
  #life: {
    container: Container;
    rows: readonly EventRow[];
    markers: Marker[];
    idle: Interval[];
    downs: Interval[];
  } | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;
  #loads = 0;
  #stopLeaving: () => void = () => {};
  #stopFilling: () => void = () => {};

  constructor(parts: DeckParts, key: string, range: Range, scale: Scale, moment: number | null = null) {
    this.#moment = moment;
    this.#parts = parts;
    this.#live = parts.live;
    this.#key = key;
    this.#range = range;
    this.#scale = scale;
  }

  // What React calls.

  readonly state = (): DeckState => this.#state;

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  };

  start(): () => void {
    const stops = [onThemeChange(() => this.#recolor())];
    if (this.#moment === null) {
      stops.push(this.#live.store.metrics.subscribe(() => this.#tick()));
      stops.push(this.#parts.visibility.onHide(() => this.#history.unwatched()));
    }
    void this.load();
    if (this.#moment === null) this.#tick();
    return () => {
      this.#loads++;
      this.#stopLeaving();
      this.#stopFilling();
      for (const stop of stops) stop();
    };
  }

  /** Draws a chart into its elements until the returned function is called. */
  attach(spec: ChartSpec, parts: CardParts): () => void {
    const events = {
      hover: (at: number | null) => this.hover(at),
      enter: () => this.#enter(),
      leave: () => this.#leave(),
      zoom: (from: number, to: number) => this.zoom(from, to),
      reset: () => this.resume(),
    };
    const card = new Card(this.#parts.plotClass, spec, parts, events, this.#scale, this.#palette);
    this.#cards.set(spec.id, card);
    if (this.#picture) card.draw(this.#picture);
    return () => {
      this.#cards.delete(spec.id);
      card.destroy();
    };
  }

  /** Where the time under the cursor is said. */
  attachReadout(el: HTMLElement | null): void {
    this.#readout = el;
  }

  setRange(range: Range): void {
    if (range === this.#range) return;
    const longer = RANGE_MS[range] > RANGE_MS[this.#range];
    this.#range = range;
    if (longer || this.#moment !== null) void this.load();
    this.resume();
  }

  setScale(scale: Scale): void {
    this.#scale = scale;
    for (const card of this.#cards.values()) card.setScale(scale);
  }

  /** Asks the server for the past of the range. */
  async load(): Promise<void> {
    const turn = ++this.#loads;
    this.#askedAt = this.#live.clock.now();
    if (this.#state.past === "failed") this.#set({ past: "loading", problem: "" });
    if (this.#moment !== null) return this.#loadAround(this.#moment, turn);
    try {
      const series = await this.#live.client.series(this.#key, RANGE_MS[this.#range] / 1000, CHARTED);
      if (turn !== this.#loads) return;
      this.#history.fill(series, this.#tickMs());
      this.#set({ past: "ready", problem: "" });
    } catch (err) {
      if (turn !== this.#loads) return;
      this.#set({ past: "failed", problem: problemOf(err) });
    }
    this.#redraw();
  }

  async #loadAround(at: number, turn: number): Promise<void> {
    this.#stopFilling();
    const window = this.#window();
    try {
      const around = await readAround(this.#live.client, this.#key, window, this.#range);
      if (turn !== this.#loads) return;
      this.#around = { ...around, window };
      this.#history = new History();
      this.#history.fill(around.series, this.#tickMs());
      const now = this.#live.store.serverNow();
      this.#set({ past: "ready", problem: "", note: momentNote(around.series, at, window, now) });
      if (at <= now && window.to < at + RANGE_MS[this.#range] / 2) {
        // A moment that has just been is looked at again, until all that is to be shown of it has come.
        this.#stopFilling = this.#parts.timers.after(fillEvery(this.#range), () => void this.load());
      }
    } catch (err) {
      if (turn !== this.#loads) return;
      const gone = err instanceof ApiError && err.problem?.code === "not_found";
      if (gone) this.#set({ past: "ready", note: "The container is gone, and no metrics of it are kept.", charts: [] });
      else this.#set({ past: "failed", problem: problemOf(err) });
    }
    this.#redraw();
  }

  /** The picture runs again, as wide as the range. */
  resume(): void {
    this.#held = null;
    this.#set({ heldAt: null, zoomed: false });
    this.#redraw();
  }

  /** The picture stands still until it is resumed. */
  hold(): void {
    if (this.#held) return;
    const { from, to } = this.#window();
    this.#held = { by: "zoom", from, to };
    this.#set({ heldAt: to });
  }

  zoom(from: number, to: number): void {
    const middle = (from + to) / 2;
    const half = Math.max(LEAST_ZOOM_MS, to - from) / 2;
    const heldAt = this.#state.heldAt ?? this.#window().to;
    this.#held = { by: "zoom", from: Math.round(middle - half), to: Math.round(middle + half) };
    this.#set({ heldAt, zoomed: true });
    this.#redraw();
  }

  /** Shows the values at a time in all cards; null shows the last ones. */
  hover(at: number | null): void {
    if (this.#hoverAt === at) return;
    this.#hoverAt = at;
    for (const card of this.#cards.values()) card.tell(at);
    this.#tellReadout();
  }

  /** Moves the cursor by so many samples, for the keyboard. */
  step(samples: number): void {
    const p = this.#picture;
    if (!p) return;
    if (this.#moment === null) this.hold();
    const shown = p.at.filter((t, i) => t >= p.from && t <= p.to && !p.breaks.has(i));
    const here = this.#hoverAt ?? this.#moment;
    const i = here === null ? shown.length : shown.findIndex((t) => t >= here - 1);
    const at = shown[Math.min(shown.length - 1, Math.max(0, (i < 0 ? shown.length : i) + samples))];
    if (at === undefined) return;
    for (const card of this.#cards.values()) card.point(at);
    this.hover(at);
  }

  get scale(): Scale {
    return this.#scale;
  }

  get history(): History {
    return this.#history;
  }

  get picture(): Picture | null {
    return this.#picture;
  }

  get palette() {
    return this.#palette;
  }

  /** The cards in their order on the page. */
  get cards(): readonly Card[] {
    return CHARTS.flatMap(({ id }) => this.#cards.get(id) ?? []);
  }

  // What happens.

  #tick(): void {
    const container = this.#container();
    const { metrics, serverNow } = this.#live.store;
    const age = container ? metrics.age(container.row) : null;
    if (container && age !== null && this.#alive(container)) this.#take(container, serverNow() - age);
    this.#redraw();
  }

  #take(container: Container, at: number): void {
    const { metrics } = this.#live.store;
    const tick = this.#tickMs();
    const { last } = this.#history;
    const values = Object.fromEntries(CHARTED.map((name) => [name, metrics.read(container.row, name)])) as Record<
      Charted,
      number | null
    > satisfies Values;
    if (!this.#history.append(at, values, tick)) return;
    const now = this.#live.clock.now();
    const missed = Number.isFinite(last) && at - last > ASK_AFTER_TICKS * tick;
    if (missed && now - this.#askedAt > ASK_EVERY_MS) void this.load();
  }

  #redraw(): void {
    const picture = this.#moment === null ? this.#pictureNow() : this.#pictureAround(this.#moment);
    if (!picture) return;
    this.#picture = picture;
    const charts = CHARTS.filter((c) => isShown(c, this.#history));
    if (charts.length !== this.#state.charts.length) this.#set({ charts });
    for (const card of this.#cards.values()) {
      card.draw(picture);
      card.tell(this.#hoverAt);
    }
    this.#tellReadout();
  }

  /** The window around a moment as it was read, with what is known of the container: it may be gone. */
  #pictureAround(at: number): Picture | null {
    const around = this.#around;
    if (!around) return null;
    const { from, to } = this.#held ?? around.window;
    const container = this.#container();
    const events = around.events ?? (container ? this.#ownEvents(container.id) : []);
    const pace = paceOf(around.series.stepSeconds, this.#tickMs(), this.#restMs());
    const idle = container ? idleOf(container, events) : idleOfEvents(events);
    const facts = { now: around.window.to, ...pace, downs: [], idle };
    return pictureOf(this.#history, facts, markersOf(events), from, to, at);
  }

  #pictureNow(): Picture | null {
    const container = this.#container();
    if (!container) return null;
    const { from, to } = this.#held ?? this.#window();
    const life = this.#lifeOf(container);
    const now = this.#live.store.serverNow();
    const until = knownUntil(this.#live, container.engine);
    const downs = until < now ? [...life.downs, { from: until, to: now }] : life.downs;
    const facts = { now, tickMs: this.#tickMs(), restMs: this.#restMs(), downs, idle: life.idle };
    return pictureOf(this.#history, facts, life.markers, from, to);
  }

  #recolor(): void {
    this.#palette = readPalette();
    for (const card of this.#cards.values()) card.recolor(this.#palette);
  }

  #enter(): void {
    this.#stopLeaving();
    if (this.#held || this.#moment !== null) return;
    const { from, to } = this.#window();
    this.#held = { by: "pointer", from, to };
    this.#set({ heldAt: to });
  }

  #leave(): void {
    this.#stopLeaving();
    if (this.#held?.by !== "pointer") return;
    this.#stopLeaving = this.#parts.timers.after(LEAVE_MS, () => this.resume());
  }

  #tellReadout(): void {
    if (!this.#readout || !this.#picture) return;
    const text = readoutText(this.#picture, this.#hoverAt);
    if (this.#readout.textContent !== text) this.#readout.textContent = text;
  }

  #window(): { from: number; to: number } {
    if (this.#moment !== null) return windowAround(this.#moment, this.#range, this.#live.store.serverNow());
    // Whole milliseconds: uPlot would put its grid a millisecond beside the round times.
    const to = Math.round(this.#live.store.serverNow());
    return { from: to - RANGE_MS[this.#range], to };
  }

  #lifeOf(container: Container) {
    const { rows } = this.#live.store.view().events;
    const before = this.#life;
    if (before && before.container === container && before.rows === rows) return before;
    const events = this.#ownEvents(container.id);
    const downs = rows.flatMap((r): Interval[] =>
      r.kind === "gap" && r.since !== null && r.until !== null ? [{ from: r.since, to: r.until }] : [],
    );
    this.#life = { container, rows, markers: markersOf(events), idle: idleOf(container, events), downs };
    return this.#life;
  }

  /** What the page has heard of a container. */
  #ownEvents(id: string): Event[] {
    return this.#live.store
      .view()
      .events.rows.flatMap((r): Event[] =>
        r.kind === "event" && r.event.kind === "container" && r.event.id === id ? [r.event] : [],
      );
  }

  /** The container as it is, or as it last was. */
  #container(): Container | undefined {
    return this.#live.store.view().containers.get(this.#key)?.container ?? this.#life?.container;
  }

  #alive(container: Container): boolean {
    return container.state === "running" || container.state === "paused";
  }

  #tickMs(): number {
    return (this.#live.store.view().server?.sampleSeconds || 1) * 1000;
  }

  #restMs(): number {
    return (this.#live.store.view().server?.sampleRestSeconds || 10) * 1000;
  }

  #set(change: Partial<DeckState>): void {
    const next = { ...this.#state, ...change };
    const same = (Object.keys(change) as (keyof DeckState)[]).every((k) => this.#state[k] === next[k]);
    if (same) return;
    this.#state = next;
    for (const fn of [...this.#listeners]) fn();
  }
}
