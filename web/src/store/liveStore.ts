/**
 * The framework-free core: it takes what the connection received, applies it at
 * once, and tells its listeners once an animation frame. In a rush of changes
 * only what is in sight is told that soon; the rest waits for the next commit,
 * which the metrics make each second, because a page that is drawn twenty times a
 * second for what nobody sees has no time left for who works with it. While the
 * page is hidden nothing is told; what has changed is told when it is shown again.
 */
import type { ColumnName } from "../api/columns.gen";
import type { SequencedTopic, ServerMessage } from "../api/messages";
import type { EngineStatus, Filter, Resume, Topic } from "../api/types.gen";
import type { Clock } from "../lib/clock";
import type { Frames } from "../lib/timers";
import type { Polled } from "../transport/poller";
import type { Quality } from "../transport/quality";
import type { ConnectionState, Received, Sink } from "../transport/sink";
import { type Applied, applyMessages, cut, followed, opened, resumeOf, withRole } from "./apply";
import { Columns } from "./columns";
import { pollMessages } from "./poll";
import { Rush } from "./rush";
import { ServerClock } from "./serverClock";
import { initialState, type LiveState } from "./state";
import type { MetricsStep } from "./step";
import { firstView, type LiveView, nextView, systemOf } from "./view";

/** Reads metrics without React: cells draw themselves when told. */
export interface MetricsReader {
  /** A cell in its column's unit, null where it is not known. */
  read(row: number, column: ColumnName): number | null;
  /** Milliseconds since the row was known to be so; null for never. */
  age(row: number): number | null;
  /** For sorting and totals: the column's array, and a row's slot in it (-1: none). NaN is not known. */
  column(name: ColumnName): Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
  slotOf(row: number): number;
  /**
   * Calls fn after each commit that changed metrics, and once a second besides,
   * so that ages can be shown; never while the page is hidden.
   */
  subscribe(fn: () => void): () => void;
}

export interface LiveStoreOptions {
  readonly clock: Clock;
  readonly frames: Frames;
  readonly connection: ConnectionState;
  readonly quality: Quality;
  /** From how many containers on a rush of changes is paced; 1,000 if not given. */
  readonly crowd?: number;
  /** Told of the engines when anything of the system has changed, also while the page is hidden. */
  readonly onEngines?: (engines: readonly EngineStatus[]) => void;
}

type Listener = () => void;

/** With fewer containers a commit costs so little that nothing has to wait. */
const CROWD = 1_000;
/** What can wait is committed once the last commit is so old: by then the next tick of the metrics should have come. */
const PATIENCE_MS = 1_200;
/** In a rush the lines of the events move as seldom as rows in the order of a metric: one can be read before it moves. */
const READ_MS = 2_500;
/** Ages are told once a second: by the tick if there is one, otherwise by the link's report. */
const AGES_MS = 950;

export class LiveStore implements Sink {
  readonly #clock: Clock;
  readonly #server: ServerClock;
  readonly #frames: Frames;
  readonly #onEngines: (engines: readonly EngineStatus[]) => void;
  readonly #columns = new Columns();
  readonly #listeners = new Set<Listener>();
  readonly #metricsListeners = new Set<Listener>();
  readonly #wakefulListeners = new Set<Listener>();
  readonly #stopShow: () => void;
  /** Filters of metrics subscriptions the server has not answered yet, oldest first. */
  #sentFilters: { id: number; filter: Filter }[] = [];
  /** The filter the server works with. */
  #filter: Filter | null = null;
  #state: LiveState = initialState();
  #view: LiveView;
  #shown: LiveState = this.#state;
  #connection: ConnectionState;
  #quality: Quality;
  #metricsDirty = false;
  #second: number;
  #scheduled = false;
  #committedAt = Number.NEGATIVE_INFINITY;
  #eventsAt = Number.NEGATIVE_INFINITY;
  readonly #crowd: number;
  readonly #rush = new Rush();
  /** The keys of what each part of the page draws. */
  readonly #sights = new Map<string, ReadonlySet<string>>();

  readonly metrics: MetricsReader = {
    read: (row, column) => {
      const value = this.#rowsValid() ? this.#columns.read(row, column) : Number.NaN;
      return Number.isNaN(value) ? null : value;
    },
    age: (row) => {
      const at = this.#rowsValid() ? this.#columns.confirmedAt(row) : 0;
      return at === 0 ? null : Math.max(0, this.#clock.now() - at);
    },
    column: (name) => this.#columns.column(name),
    slotOf: (row) => (this.#rowsValid() ? this.#columns.slotOf(row) : -1),
    subscribe: (fn) => {
      this.#metricsListeners.add(fn);
      return () => this.#metricsListeners.delete(fn);
    },
  };

  constructor(options: LiveStoreOptions) {
    this.#clock = options.clock;
    this.#server = new ServerClock(options.clock);
    this.#frames = options.frames;
    this.#crowd = options.crowd ?? CROWD;
    this.#onEngines = options.onEngines ?? (() => {});
    this.#connection = options.connection;
    this.#quality = options.quality;
    this.#second = Math.floor(options.clock.now() / 1000);
    this.#view = firstView(this.#state, options.connection, options.quality);
    this.#stopShow = this.#frames.onShow(() => this.#schedule());
  }

  // What the page calls.

  /** Calls fn after each commit. */
  readonly subscribe = (fn: Listener): (() => void) => {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  };

  readonly view = (): LiveView => this.#view;

  /**
   * Calls fn when containers, events, engines, alerts or the link changed, as it comes
   * in and also while the page is hidden: for the title and for notices, not for
   * what is drawn.
   */
  readonly subscribeWakeful = (fn: Listener): (() => void) => {
    this.#wakefulListeners.add(fn);
    return () => this.#wakefulListeners.delete(fn);
  };

  /** A part of the page draws these containers: what changes in them is told with the next frame, come what may. */
  readonly look = (part: string, keys: ReadonlySet<string> | null): void => {
    if (keys === null) this.#sights.delete(part);
    else this.#sights.set(part, keys);
  };

  /** All that is known now, also what is not committed yet. It costs a pass over what changed. */
  readonly latest = (): LiveView => this.#next(this.#state, false);

  /** The server's clock, Unix milliseconds; ours until it has told. */
  readonly serverNow = (): number => this.#server.now();

  /** Ends the store's listening; for tests and hot reloads. */
  close(): void {
    this.#stopShow();
  }

  // What the connection calls.

  resume(): Resume | null {
    return resumeOf(this.#state);
  }

  opened(topics: readonly Topic[]): void {
    this.#sentFilters = [];
    this.#filter = null;
    this.#columns.opened();
    this.#state = opened(this.#state, topics);
  }

  followed(topic: SequencedTopic, on: boolean): void {
    this.#state = followed(this.#state, topic, on);
  }

  filtered(id: number, filter: Filter): void {
    this.#sentFilters.push({ id, filter });
  }

  receive(messages: readonly ServerMessage[], roundTrip: number): Received {
    const now = this.#clock.now();
    for (const m of messages) {
      if (m.type === "welcome") this.#server.told(Date.parse(m.time), roundTrip, now);
      else if (m.type === "metrics") this.#server.notBefore(m.at, roundTrip, now);
    }
    return this.#take(applyMessages(this.#state, messages, { now, wall: this.serverNow() }), now);
  }

  polled(polled: Polled, roundTrip: number): Received {
    const now = this.#clock.now();
    this.#server.answered(polled.time, roundTrip, now);
    // Nobody answers for a filter here: the frame is of the one it was asked with.
    this.#sentFilters = [];
    this.#filter = polled.filter;
    return this.#take(applyMessages(this.#state, pollMessages(polled), { now, wall: this.serverNow() }), now);
  }

  role(role: string): void {
    this.#state = withRole(this.#state, role);
    this.#schedule();
  }

  woke(): void {
    this.#server.doubt();
  }

  report(connection: ConnectionState, quality: Quality, lost: boolean): void {
    if (lost) this.#state = cut(this.#state, this.serverNow());
    const phase = this.#connection.phase;
    this.#connection = connection;
    this.#quality = quality;
    const calm = phase === "live" && connection.phase === "live";
    this.#schedule(calm ? AGES_MS : 0);
    if (connection.phase !== phase) this.#wake();
  }

  #wake(): void {
    for (const fn of [...this.#wakefulListeners]) fn();
  }

  #next(state: LiveState, metrics: boolean): LiveView {
    return nextView(this.#view, this.#shown, state, this.#connection, this.#quality, metrics);
  }

  #take(result: Applied, now: number): Received {
    const before = this.#state;
    this.#state = result.state;
    for (const s of result.metrics) this.#step(s, now);
    if (changed(before, result.state)) this.#rush.note(now, changesBetween(before, result.state));
    this.#schedule(this.#canWait(before, result, now) ? PATIENCE_MS : 0);
    if (before.system.entries !== result.state.system.entries) this.#onEngines(systemOf(result.state, []).engines);
    if (changed(before, result.state) || before.alerts.entries !== result.state.alerts.entries) this.#wake();
    const { gaps, resyncs, resubscribe, synced } = result;
    return { gaps, resyncs, resubscribe, synced };
  }

  /** Whether what came is one of many changes, none of them in sight. */
  #canWait(before: LiveState, { state, metrics }: Applied, now: number): boolean {
    if (!changed(before, state) || !this.#rushes(now)) return false;
    if (metrics.length > 0 || before.containers.epoch !== state.containers.epoch) return false;
    if (before.system.entries !== state.system.entries || before.jobs.entries !== state.jobs.entries) return false;
    if (before.alerts.entries !== state.alerts.entries) return false;
    const was = before.containers.entries;
    const is = state.containers.entries;
    if (was === is) return true;
    for (const keys of this.#sights.values()) {
      for (const key of keys) if (was.get(key) !== is.get(key)) return false;
    }
    return true;
  }

  #rushes(now: number): boolean {
    return this.#state.containers.entries.size >= this.#crowd && this.#rush.on(now);
  }

  /** The state that is shown now: but for a rush, all that is known. */
  #showable(now: number): LiveState {
    const { events } = this.#shown;
    const news = this.#state.events;
    if (events.rows === news.rows || events.epoch !== news.epoch || !this.#rushes(now)) return this.#state;
    if (now - this.#eventsAt < READ_MS && !this.#inSight(news, events.seq)) return { ...this.#state, events };
    this.#eventsAt = now;
    return this.#state;
  }

  /** Whether an event after a position is of something in sight, or one is missing. */
  #inSight({ rows }: LiveState["events"], seq: number): boolean {
    for (let i = rows.length - 1; i >= 0; i--) {
      const row = rows[i];
      if (row?.kind !== "event") return true;
      if (row.event.seq <= seq) return false;
      const key = `${row.event.engine}/${row.event.id}`;
      for (const keys of this.#sights.values()) if (keys.has(key)) return true;
    }
    return false;
  }

  /**
   * The rows of the containers on screen belong to the columns' epoch. Between
   * the welcome of another epoch and its snapshot they don't: then no cell may
   * be read by them.
   */
  #rowsValid(): boolean {
    return this.#shown.containers.epoch === this.#state.epoch;
  }

  #step(s: MetricsStep, now: number): void {
    // An answer says which rows come from now on, and nothing of those that are here.
    if (s.type !== "answered") this.#metricsDirty = true;
    switch (s.type) {
      case "frame":
        this.#columns.apply(s.frame, this.#filter, now);
        if (this.#columns.crowded(this.#state.containers.entries.size)) this.#sweep();
        return;
      case "release":
        this.#columns.release(s.row);
        return;
      case "reset":
        this.#columns.reset();
        return;
      case "answered": {
        const index = this.#sentFilters.findIndex((f) => f.id === s.id);
        const [answered] = index < 0 ? [] : this.#sentFilters.splice(index, 1);
        if (answered && s.accepted) this.#filter = answered.filter;
      }
    }
  }

  #sweep(): void {
    const rows = new Set<number>();
    for (const e of this.#state.containers.entries.values()) rows.add(e.container.row);
    this.#columns.sweep(rows);
  }

  /** Commits with the next frame; or, where there is one that young, leaves it to the commit after the last. */
  #schedule(patienceMs = 0): void {
    if (this.#scheduled || this.#frames.hidden()) return;
    if (this.#clock.now() - this.#committedAt < patienceMs) return;
    this.#scheduled = true;
    this.#frames.request(() => {
      this.#scheduled = false;
      // Hidden since it was asked for: the next onShow asks again.
      if (!this.#frames.hidden()) this.#commit();
    });
  }

  #commit(): void {
    const before = this.#view;
    const metrics = this.#metricsDirty;
    this.#committedAt = this.#clock.now();
    const state = this.#showable(this.#committedAt);
    const next = this.#next(state, metrics);
    this.#shown = state;
    this.#metricsDirty = false;
    const at = Math.floor(this.#committedAt / 1000);
    const second = at !== this.#second;
    this.#second = at;
    this.#view = next;
    if (metrics || second) for (const fn of [...this.#metricsListeners]) fn();
    if (next !== before || second) for (const fn of [...this.#listeners]) fn();
  }
}

function changed(a: LiveState, b: LiveState): boolean {
  return (
    a.containers.entries !== b.containers.entries ||
    a.events.rows !== b.events.rows ||
    a.system.entries !== b.system.entries
  );
}

/** How many changes lie between two states: a server merges them, and an event comes with the change it caused. */
function changesBetween(a: LiveState, b: LiveState): number {
  return Math.max(1, b.containers.seq - a.containers.seq, b.events.seq - a.events.seq);
}
