/**
 * A log on the page: which rows are drawn where, whether the end is followed,
 * what is searched and selected. React draws what is around it and hears of
 * changes at most once a picture; the lines themselves it never sees.
 *
 * All drawing is done in one animation frame at a time: lines that come are
 * drawn together, and where every picture would show other lines than the last,
 * ten a second do, so that the page has time for what matters more.
 */
import { LineLayout } from "../model/lineLayout";
import { LineSelection } from "../model/lineSelection";
import { LINE, type LogBuffer } from "../model/logBuffer";
import { LogSearch } from "../model/logSearch";
import type { Query } from "../model/query";
import { sourceLabels } from "../model/sourceLabels";
import { TIME_WIDTH } from "../model/timeText";
import type { RowLook } from "./rowView";
import { RowWindow } from "./rowWindow";
import type { LookOptions, ScreenOptions, ScreenState } from "./screenState";
import { ShownRows } from "./shownRows";

/** A row's height in pixels: --ql-line in logs.css. */
export const LINE_HEIGHT = 20;
const OVERSCAN = 8;
/** Between pictures that show other lines each. */
const BUSY_MS = 100;
/** Passes until rows of heights not known before stand where they should. */
const PASSES = 4;

export class LogScreen {
  readonly session: ScreenOptions["session"];
  readonly search = new LogSearch();
  readonly selection = new LineSelection();
  readonly #o: ScreenOptions;
  readonly #rows: ShownRows;
  readonly #layout = new LineLayout(LINE_HEIGHT);
  readonly #listeners = new Set<() => void>();
  readonly #unfolded = new Set<number>();
  /** Heights of rows as they were drawn, by id. */
  readonly #heights = new Map<number, number>();
  #buffer: LogBuffer;
  #look: RowLook;
  #scroller: HTMLElement | null = null;
  #sizer: HTMLElement | null = null;
  #window: RowWindow | null = null;
  #state: ScreenState;
  #following = true;
  #onlyMatches = false;
  /** Where the end was, and how many lines had come, when it was left. */
  #leftAt = { place: 0, received: 0 };
  /** The line at the upper edge, and how far it stands over it. */
  #anchor = { id: 0, place: 0, over: 0 };
  /** The anchor is where the view is to go, not where it is. */
  #aimed = false;
  #top = 0;
  #viewHeight = 0;
  #viewWidth = 0;
  #charWidth = 7;
  /** The widest row so far, in characters. */
  #widest = 0;
  #requested = false;
  #cancelLater: (() => void) | null = null;
  #cancelTick: (() => void) | null = null;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #allNew = false;

  constructor(options: ScreenOptions, look: LookOptions) {
    this.#o = options;
    this.session = options.session;
    this.#buffer = options.session.buffer;
    this.#rows = new ShownRows(this.#buffer);
    this.#look = { ...look, ...this.#labels(), matcher: null };
    this.#state = this.#stateNow();
  }

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  };

  readonly state = (): ScreenState => this.#state;

  /** Draws into these elements until the returned function is called. */
  attach(scroller: HTMLElement, sizer: HTMLElement, rows: HTMLElement): () => void {
    this.#scroller = scroller;
    this.#aimed = true;
    this.#sizer = sizer;
    this.#window = new RowWindow(rows);
    const unsubscribe = this.session.subscribe(() => this.#invalidate(false));
    const resized = new ResizeObserver(() => {
      this.#viewHeight = scroller.clientHeight;
      this.#viewWidth = scroller.clientWidth;
      this.#charWidth = this.#window?.characterWidth() ?? 7;
      scroller.style.setProperty("--ql-view", `${this.#viewWidth}px`);
      this.#relayout();
      this.#invalidate(true);
    });
    resized.observe(scroller);
    const onScroll = () => this.#scrolled(scroller.scrollTop);
    scroller.addEventListener("scroll", onScroll, { passive: true });
    this.#dress();
    this.#invalidate(true);
    return () => {
      unsubscribe();
      resized.disconnect();
      scroller.removeEventListener("scroll", onScroll);
      this.#cancelLater?.();
      this.#cancelTick?.();
      this.#cancelLater = null;
      this.#cancelTick = null;
      this.#scroller = null;
      this.#sizer = null;
      this.#window = null;
    };
  }

  look(options: LookOptions): void {
    const { time, wrap, pretty } = this.#look;
    if (time === options.time && wrap === options.wrap && pretty === options.pretty) return;
    this.#look = { ...this.#look, ...options };
    this.#widest = 0;
    this.#relayout();
    this.#dress();
    this.#invalidate(true);
  }

  find(query: Query): void {
    this.search.set(query);
    this.#look = { ...this.#look, matcher: this.search.matcher };
    this.#showFound();
  }

  /** Whether only lines that match are shown. */
  filter(only: boolean): void {
    this.#onlyMatches = only;
    this.#showFound();
  }

  hide(sources: ReadonlySet<number>): void {
    this.#rows.hide(sources);
    this.search.restart();
    this.#invalidate(true);
  }

  /** Goes to the next matching line (1) or the one before (-1); false when there is none. */
  move(direction: 1 | -1): boolean {
    const bottom = this.#rows.place(this.#layout.indexAt(this.#top + this.#viewHeight - 1));
    const place = this.search.move(this.#buffer, direction, bottom);
    if (place < 0) return false;
    this.reveal(place);
    return true;
  }

  /** Brings a line to the middle of the view, and stays there. */
  reveal(place: number): void {
    this.pause();
    const index = this.#rows.indexOf(place);
    const top = this.#layout.top(index);
    if (top >= this.#top && this.#layout.top(index + 1) <= this.#top + this.#viewHeight) {
      this.#invalidate(true);
      return;
    }
    const over = Math.round(LINE_HEIGHT - this.#viewHeight / 2);
    this.#anchor = { id: this.#buffer.id(place), place, over };
    this.#aimed = true;
    this.#invalidate(true);
  }

  follow(): void {
    if (this.#following) return;
    this.#following = true;
    this.#buffer.release();
    this.#invalidate(true);
  }

  pause(): void {
    if (!this.#following) return;
    this.#following = false;
    this.#buffer.hold();
    this.#leftAt = { place: this.#buffer.end, received: this.#buffer.received };
    this.#anchorAt(this.#top);
    this.#invalidate(true);
  }

  clear(): void {
    this.selection.clear();
    this.#unfolded.clear();
    this.#heights.clear();
    this.#widest = 0;
    this.session.clear();
    this.follow();
  }

  /** Shows a line whole, its JSON a key a line; or in one again. */
  unfold(id: number): void {
    if (!this.#unfolded.delete(id)) this.#unfolded.add(id);
    this.#heights.delete(id);
    if (this.#following) this.pause();
    this.#invalidate(true);
  }

  /** Draws what the selection is now. */
  selected(): void {
    if (!this.selection.empty) this.pause();
    this.#invalidate(true);
  }

  selectAll(): void {
    const { count } = this.#rows;
    if (count === 0) return;
    this.selection.range(this.#buffer.id(this.#rows.place(0)), this.#buffer.id(this.#rows.place(count - 1)));
    this.selected();
  }

  /** Moves the selection's end by rows; where there is none it begins at the last row in view. */
  extendSelection(by: number, keep: boolean): number {
    const { count } = this.#rows;
    if (count === 0) return -1;
    const at = this.selection.empty ? -1 : this.#buffer.placeOf(this.selection.focus);
    // Who follows sees the end, also before the frame that shows it is drawn.
    const last = this.#following ? count : this.#layout.indexAt(this.#top + this.#viewHeight - LINE_HEIGHT);
    const seen = Math.min(count - 1, last);
    const index = at < 0 ? seen : Math.min(count - 1, Math.max(0, this.#rows.indexOf(at) + by));
    const place = this.#rows.place(index);
    if (keep) this.selection.extend(this.#buffer.id(place));
    else this.selection.select(this.#buffer.id(place));
    this.selected();
    this.#bringIn(index);
    return place;
  }

  /** The places of the selected rows, or of all. */
  places(which: "selected" | "shown"): Iterable<number> {
    if (which === "shown") return this.#rows.places();
    const range = this.#selectedRows();
    return range ? this.#rows.places(range[0], range[1]) : [];
  }

  idOf(node: Node | null): number {
    return this.#window?.idOf(node) ?? 0;
  }

  #selectedRows(): readonly [number, number] | null {
    const places = this.selection.places(this.#buffer);
    if (!places) return null;
    return [this.#rows.indexOf(places[0]), this.#rows.indexOf(places[1] + 1)];
  }

  #showFound(): void {
    this.#rows.only(this.#onlyMatches && this.search.matcher ? this.search.lines : null);
    this.#invalidate(true);
  }

  #labels(): Pick<RowLook, "sources" | "labels" | "hues"> {
    const { sources } = this.session;
    const { labels, hues } = sourceLabels(sources.map((s) => s.name));
    return { sources, labels, hues };
  }

  /** What the styles need to know, on the scroller. */
  #dress(): void {
    const el = this.#scroller;
    if (!el) return;
    const { time, wrap, labels } = this.#look;
    el.dataset["time"] = time;
    el.toggleAttribute("data-wrap", wrap);
    el.style.setProperty("--ql-time", String(TIME_WIDTH[time]));
    el.style.setProperty("--ql-source", String(labels.length > 1 ? sourceWidth(labels) : 0));
  }

  /** Heights are no longer what they were. */
  #relayout(): void {
    this.#heights.clear();
  }

  #bringIn(index: number): void {
    const top = this.#layout.top(index);
    const bottom = this.#layout.top(index + 1);
    if (top < this.#top) this.#anchorAt(top);
    else if (bottom > this.#top + this.#viewHeight) this.#anchorAt(bottom - this.#viewHeight);
  }

  #anchorAt(y: number): void {
    const top = Math.max(0, y);
    const index = this.#layout.indexAt(top);
    const place = this.#rows.place(index);
    this.#anchor = { id: place < 0 ? 0 : this.#buffer.id(place), place, over: top - this.#layout.top(index) };
  }

  #scrolled(top: number): void {
    // What was set here comes back, rounded.
    if (Math.abs(top - this.#top) < 1) return;
    const down = top > this.#top;
    this.#top = top;
    if (this.#following && !down) this.pause();
    this.#anchorAt(top);
    if (!this.#following && down && top >= this.#layout.total - this.#viewHeight - 2) this.follow();
    this.#invalidate(true);
  }

  /** A scroll that glides is further on than its last event said: to put it back there would end it. */
  #catchUp(top: number): void {
    if (this.#following || this.#aimed || Math.abs(top - this.#top) < 1) return;
    this.#top = top;
    this.#anchorAt(top);
  }

  /** Draws before the next picture; what nobody waits for may be later. */
  #invalidate(now: boolean): void {
    if (this.#requested) return;
    const wait = this.#drawnAt + BUSY_MS - this.#o.now();
    if (!now && wait > 0 && (this.#allNew || !this.#following)) {
      this.#cancelLater ??= this.#o.timers.after(wait, () => {
        this.#cancelLater = null;
        this.#request();
      });
      return;
    }
    this.#request();
  }

  #request(): void {
    if (this.#requested) return;
    this.#requested = true;
    this.#o.frames.request(() => {
      this.#requested = false;
      this.#draw();
    });
  }

  #draw(): void {
    if (!this.#scroller) return;
    this.#drawnAt = this.#o.now();
    this.#catchUp(this.#scroller.scrollTop);
    this.#sync();
    for (let pass = 0; pass < PASSES; pass++) {
      this.#place();
      if (!this.#measure()) break;
    }
    this.#publish();
    if (!this.search.done) this.#invalidate(true);
    if (this.#look.time === "relative") {
      this.#cancelTick ??= this.#o.timers.after(1000, () => {
        this.#cancelTick = null;
        this.#invalidate(true);
      });
    }
  }

  /** Takes in what the buffer has become. */
  #sync(): void {
    const { buffer } = this.session;
    if (buffer !== this.#buffer) this.#another(buffer);
    const changedFrom = buffer.takeChange();
    this.#rows.sync(buffer, changedFrom);
    this.search.step(buffer, changedFrom, (src) => this.#rows.shows(src), this.#o.now);
    if (this.search.error !== null && this.#look.matcher) this.#look = { ...this.#look, matcher: null };
    if (this.session.sources !== this.#look.sources) {
      this.#look = { ...this.#look, ...this.#labels() };
      this.#dress();
    }
    const { count } = this.#rows;
    if (!this.#look.wrap && this.#unfolded.size === 0) this.#layout.alike(count);
    else this.#layout.each(count, (i) => this.#heightOf(this.#rows.place(i)));
    if (this.#heights.size > 4 * buffer.capacity) this.#heights.clear();
  }

  #another(buffer: LogBuffer): void {
    this.#buffer = buffer;
    this.#following = true;
    this.selection.clear();
    this.search.restart();
  }

  #heightOf(place: number): number {
    const known = this.#heights.get(this.#buffer.id(place));
    if (known !== undefined) return known;
    if (!this.#look.wrap || this.#buffer.kind(place) > LINE.stderr) return LINE_HEIGHT;
    const { time, labels } = this.#look;
    const source = labels.length > 1 ? sourceWidth(labels) : 0;
    const columns = Math.max(8, Math.floor((this.#viewWidth - 76) / this.#charWidth) - TIME_WIDTH[time] - source);
    return LINE_HEIGHT * Math.max(1, Math.ceil(Math.min(2_000, this.#buffer.text(place).length) / columns));
  }

  /** Puts the right rows in the right place. */
  #place(): void {
    const scroller = this.#scroller;
    const view = this.#window;
    if (!scroller || !view || !this.#sizer) return;
    const { total } = this.#layout;
    this.#sizer.style.height = `${total}px`;
    const last = Math.max(0, total - this.#viewHeight);
    const top = this.#following ? last : Math.min(last, this.#anchorTop());
    this.#aimed = false;
    if (Math.abs(top - this.#top) >= 1 || Math.abs(scroller.scrollTop - top) >= 1) {
      scroller.scrollTop = top;
      this.#top = scroller.scrollTop;
    }
    const first = Math.max(0, this.#layout.indexAt(this.#top) - OVERSCAN);
    const end = Math.min(this.#rows.count, this.#layout.indexAt(this.#top + this.#viewHeight) + 1 + OVERSCAN);
    const places: number[] = [];
    for (let i = first; i < end; i++) places.push(this.#rows.place(i));
    this.#allNew = view.arrange(places.map((p) => this.#buffer.id(p)));
    view.el.style.transform = `translateY(${this.#layout.top(first)}px)`;
    this.#write(places);
    this.#widen();
  }

  #write(places: readonly number[]): void {
    const now = this.#o.serverNow();
    const selected = this.selection.places(this.#buffer);
    this.#window?.rows.forEach((row, i) => {
      const place = places[i] ?? -1;
      const id = this.#buffer.id(place);
      row.write(
        this.#buffer,
        place,
        this.#look,
        {
          selected: selected !== null && place >= selected[0] && place <= selected[1],
          current: id === this.search.current,
          unfolded: this.#unfolded.has(id),
        },
        now,
      );
      this.#widest = Math.max(this.#widest, row.width);
    });
  }

  /** The width of the widest line so far: it must not shrink and grow as one scrolls. */
  #widen(): void {
    const { time, labels, wrap } = this.#look;
    const columns = this.#widest + TIME_WIDTH[time] + (labels.length > 1 ? sourceWidth(labels) : 0);
    const width = wrap ? "" : `max(100%, ${Math.ceil(columns * this.#charWidth + 90)}px)`;
    if (this.#sizer && this.#sizer.style.minWidth !== width) {
      this.#sizer.style.minWidth = width;
      if (this.#window) this.#window.el.style.minWidth = width;
    }
  }

  #anchorTop(): number {
    const { id, place, over } = this.#anchor;
    // Mostly it is where it was; a line that is gone is the first one left.
    const now = this.#buffer.id(place) === id ? place : this.#buffer.placeOf(id);
    const at = now < 0 ? this.#buffer.first : now;
    this.#anchor = { id: now < 0 ? this.#buffer.id(at) : id, place: at, over: now < 0 ? 0 : over };
    return Math.max(0, this.#layout.top(this.#rows.indexOf(at)) + this.#anchor.over);
  }

  /** Where rows may be higher than a line: looks how high they are. True when some were not as thought. */
  #measure(): boolean {
    if (!this.#look.wrap && this.#unfolded.size === 0) return false;
    let wrong = false;
    for (const row of this.#window?.rows ?? []) {
      const height = row.el.offsetHeight;
      const place = this.#buffer.placeOf(row.id);
      if (height === 0 || this.#heightOf(place) === height) continue;
      this.#heights.set(row.id, height);
      wrong = true;
    }
    if (wrong) this.#layout.each(this.#rows.count, (i) => this.#heightOf(this.#rows.place(i)));
    return wrong;
  }

  #publish(): void {
    const next = this.#stateNow();
    const keys = Object.keys(next) as (keyof ScreenState)[];
    if (keys.every((k) => next[k] === this.#state[k])) return;
    this.#state = next;
    for (const fn of [...this.#listeners]) fn();
  }

  #stateNow(): ScreenState {
    const selected = this.#selectedRows();
    return {
      following: this.#following,
      newLines: this.#newLines(),
      shown: this.#rows.count,
      kept: this.#buffer.length,
      matches: this.search.lines.count,
      ordinal: this.search.ordinal(this.#buffer),
      searching: !this.search.done,
      error: this.search.error,
      onlyMatches: this.#onlyMatches,
      selected: selected ? selected[1] - selected[0] : 0,
      hidden: this.#rows.hidden,
    };
  }

  #newLines(): number {
    if (this.#following) return 0;
    if (!this.#rows.filtered) return this.#buffer.received - this.#leftAt.received;
    return this.#rows.count - this.#rows.indexOf(this.#leftAt.place);
  }
}

function sourceWidth(labels: readonly string[]): number {
  return Math.min(24, Math.max(4, ...labels.map((l) => l.length)));
}
