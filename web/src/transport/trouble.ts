/**
 * The log of connection trouble: what went wrong between this page and the
 * server, kept over reloads, so that one can see tomorrow what happened today.
 * It is bounded, and no secret gets in: only codes and sentences.
 */
import type { Clock } from "../lib/clock";

/**
 * - lost, stalled, refused: the WebSocket died, said nothing any more, could not be had
 * - polling, websocket: how the data travels from then on
 * - gap, resync: changes that did not fit, a topic that the server began anew
 * - engine: the server did not reach its engine
 * - offline: this device had no network, or the server was not reached for long
 * - signin, update, superseded: the server wants something of the user
 */
export const TROUBLES = [
  "lost",
  "stalled",
  "refused",
  "polling",
  "websocket",
  "gap",
  "resync",
  "engine",
  "offline",
  "signin",
  "update",
  "superseded",
] as const;
export type TroubleKind = (typeof TROUBLES)[number];

export interface Trouble {
  /** Unix milliseconds by this machine's clock. */
  readonly at: number;
  readonly what: TroubleKind;
  /** A sentence without its full stop. */
  readonly detail: string;
  /** When it was over; absent while it lasts, and for what takes no time. */
  readonly until?: number;
  /** How often it happened in a row, where that is more than once; `until` is then the last time. */
  readonly times?: number;
}

/** Where the log is kept: localStorage, or nothing. */
export interface TroubleStorage {
  load(): string | null;
  /** False where it is refused. */
  save(text: string): boolean;
  /** Calls fn with what another tab has saved. */
  onChange(fn: (text: string | null) => void): () => void;
}

export const MAX_TROUBLES = 200;
const MAX_DETAIL = 300;
/** The same again within so many milliseconds is one entry. */
const FOLD_MS = 60_000;
/** What takes no time can repeat; what lasts has an end. */
const FOLDED: readonly TroubleKind[] = ["gap", "resync", "refused"];

export class TroubleLog {
  readonly #storage: TroubleStorage;
  readonly #clock: Pick<Clock, "wall">;
  readonly #listeners = new Set<() => void>();
  #entries: readonly Trouble[];
  /** When what lasts here began: another tab's troubles are not ours to end. */
  readonly #lasting = new Map<TroubleKind, Trouble>();
  /** Whether what we saved last is in the storage. */
  #kept = true;

  constructor(storage: TroubleStorage, clock: Pick<Clock, "wall">) {
    this.#storage = storage;
    this.#clock = clock;
    this.#entries = parse(storage.load());
    storage.onChange((text) => {
      this.#kept = true;
      this.#set(parse(text));
    });
  }

  /** Oldest first; the same array until something changes. */
  readonly list = (): readonly Trouble[] => this.#entries;

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  };

  readonly clear = (): void => {
    this.#keep([]);
  };

  /** Writes an entry. */
  add(what: TroubleKind, detail: string): void {
    const at = this.#clock.wall();
    const text = detail.slice(0, MAX_DETAIL);
    const entries = this.#newest();
    const last = entries.at(-1);
    const same = last && last.what === what && last.detail === text && FOLDED.includes(what);
    if (same && Math.abs(at - (last.until ?? last.at)) < FOLD_MS) {
      this.#keep([...entries.slice(0, -1), { ...last, until: at, times: (last.times ?? 1) + 1 }]);
      return;
    }
    const entry: Trouble = { at, what, detail: text };
    if (!FOLDED.includes(what)) this.#lasting.set(what, entry);
    this.#keep([...entries, entry]);
  }

  /** Says of what lasts that it is over, if there is such a thing. */
  end(what: TroubleKind): void {
    const begun = this.#lasting.get(what);
    if (!begun) return;
    this.#lasting.delete(what);
    const entries = this.#newest();
    const index = entries.findLastIndex((e) => e.what === what && e.at === begun.at && e.detail === begun.detail);
    const entry = entries[index];
    if (!entry) return;
    const over = { ...entry, until: Math.max(begun.at, this.#clock.wall()) };
    this.#keep(entries.map((e, i) => (i === index ? over : e)));
  }

  /** Ours with what other tabs have written since: the storage is everybody's. */
  #newest(): readonly Trouble[] {
    const stored = this.#kept ? this.#storage.load() : null;
    return stored === null ? this.#entries : parse(stored);
  }

  #keep(entries: readonly Trouble[]): void {
    const bounded = entries.slice(-MAX_TROUBLES);
    this.#kept = this.#storage.save(JSON.stringify(bounded));
    this.#set(bounded);
  }

  #set(entries: readonly Trouble[]): void {
    this.#entries = entries;
    for (const fn of [...this.#listeners]) fn();
  }
}

/** parse takes what is an entry and leaves out what isn't: anybody can write there. */
function parse(text: string | null): readonly Trouble[] {
  let value: unknown;
  try {
    value = JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
  if (!Array.isArray(value)) return [];
  return value.flatMap((v: unknown) => entry(v)).slice(-MAX_TROUBLES);
}

function entry(value: unknown): Trouble[] {
  if (typeof value !== "object" || value === null) return [];
  const { at, what, detail, until, times } = value as Record<string, unknown>;
  const kind = TROUBLES.find((k) => k === what);
  if (!isInstant(at) || !kind || typeof detail !== "string") return [];
  return [
    {
      at,
      what: kind,
      detail: detail.slice(0, MAX_DETAIL),
      ...(isInstant(until) && until >= at ? { until } : {}),
      ...(typeof times === "number" && Number.isInteger(times) && times > 1 ? { times } : {}),
    },
  ];
}

function isInstant(v: unknown): v is number {
  // Beyond it no Date is valid.
  return typeof v === "number" && Math.abs(v) <= 8.64e15;
}

const KEY = "quaywatch.trouble";

/** This browser's localStorage; where it is refused the log lasts as long as the page. */
export const browserTroubles: TroubleStorage = {
  load() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  },
  save(text) {
    try {
      localStorage.setItem(KEY, text);
      return true;
    } catch {
      return false;
    }
  },
  onChange(fn) {
    const listener = (e: StorageEvent) => {
      if (e.key === KEY || e.key === null) fn(e.newValue);
    };
    window.addEventListener("storage", listener);
    return () => window.removeEventListener("storage", listener);
  },
};
