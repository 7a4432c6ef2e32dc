/** Time, timers and frames that move by hand; for tests. */
import type { Clock } from "../lib/clock";
import type { Frames, Timers } from "../lib/timers";
import type { Signals } from "../transport/signals";
import type { TroubleStorage } from "../transport/trouble";

/** A clock and its timers: advance() runs what falls due, in order. */
export class ManualTime implements Clock, Timers {
  #now: number;
  #wall: number;
  #timers: { at: number; fn: () => void }[] = [];

  constructor(now = 1_000, wall = Date.UTC(2026, 10, 23, 14, 2, 7)) {
    this.#now = now;
    this.#wall = wall;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#wall;
  }

  after(ms: number, fn: () => void): () => void {
    const timer = { at: this.#now + ms, fn };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((t) => t !== timer);
    };
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.length;
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#due(end); next; next = this.#due(end)) {
      const due = next;
      this.#timers = this.#timers.filter((t) => t !== due);
      this.jump(Math.max(0, due.at - this.#now));
      due.fn();
    }
    this.jump(end - this.#now);
  }

  /** Moves the clock without running anything, as a sleep does; also backwards. */
  jump(ms: number): void {
    this.#now += ms;
    this.#wall += ms;
  }

  #due(end: number): { at: number; fn: () => void } | undefined {
    let first: { at: number; fn: () => void } | undefined;
    for (const t of this.#timers) {
      if (t.at <= end && (!first || t.at < first.at)) first = t;
    }
    return first;
  }
}

/** Frames that are drawn by hand. */
export class ManualFrames implements Frames {
  isHidden = false;
  #wanted: (() => void)[] = [];
  readonly #shows = new Set<() => void>();
  readonly #hides = new Set<() => void>();

  request(fn: () => void): void {
    this.#wanted.push(fn);
  }

  hidden(): boolean {
    return this.isHidden;
  }

  onShow(fn: () => void): () => void {
    this.#shows.add(fn);
    return () => this.#shows.delete(fn);
  }

  onHide(fn: () => void): () => void {
    this.#hides.add(fn);
    return () => this.#hides.delete(fn);
  }

  /** Draws a frame; returns how many callbacks it had. */
  draw(): number {
    const wanted = this.#wanted;
    this.#wanted = [];
    for (const fn of wanted) fn();
    return wanted.length;
  }

  hide(): void {
    this.isHidden = true;
    for (const fn of this.#hides) fn();
  }

  show(): void {
    this.isHidden = false;
    for (const fn of this.#shows) fn();
  }
}

type Signal = "online" | "offline" | "visible" | "hidden" | "wake";

/** A network and a page that come and go by hand. */
export class ManualSignals implements Signals {
  isHidden = false;
  readonly #listeners = new Map<Signal, Set<() => void>>();

  onOnline = (fn: () => void) => this.#on("online", fn);
  onOffline = (fn: () => void) => this.#on("offline", fn);
  onVisible = (fn: () => void) => this.#on("visible", fn);
  onHidden = (fn: () => void) => this.#on("hidden", fn);
  onWake = (fn: () => void) => this.#on("wake", fn);
  hidden = () => this.isHidden;

  /** How many listen. */
  get listening(): number {
    let n = 0;
    for (const set of this.#listeners.values()) n += set.size;
    return n;
  }

  fire(what: Signal): void {
    if (what === "hidden" || what === "visible") this.isHidden = what === "hidden";
    for (const fn of [...(this.#listeners.get(what) ?? [])]) fn();
  }

  #on(what: Signal, fn: () => void): () => void {
    const set = this.#listeners.get(what) ?? new Set();
    this.#listeners.set(what, set.add(fn));
    return () => set.delete(fn);
  }
}

/** A log of trouble's storage that lasts as long as the test. */
export class ManualTroubles implements TroubleStorage {
  text: string | null = null;
  refused = false;
  #tell: (text: string | null) => void = () => {};

  load = () => this.text;
  save = (text: string) => {
    if (!this.refused) this.text = text;
    return !this.refused;
  };
  onChange = (fn: (text: string | null) => void) => {
    this.#tell = fn;
    return () => {
      this.#tell = () => {};
    };
  };

  /** Another tab writes. */
  write(text: string | null): void {
    this.text = text;
    this.#tell(text);
  }
}
