/**
 * A list of events that reaches from now back into the server's history: pages
 * of the past, and what comes live, each event once. Framework-free.
 *
 * No doubles: an event is known by its identity (identity.ts), whichever way it
 * came. No holes: a page continues the one before by the history's own cursor;
 * what is live was followed before the first page was asked for; and where the
 * live log says that something is missing, the newest pages are read again until
 * they reach what was known before.
 */
import { ApiError } from "../../api/client";
import type { Event } from "../../api/types.gen";
import type { EventRow } from "../state";
import { type Known, knownOf } from "./identity";

export interface EventPage {
  readonly items: readonly Event[];
  /** Continues behind the last; "" where there is no more. */
  readonly next: string;
}

export interface PastLogOptions {
  /** One page of the past, newest first. */
  readonly fetch: (next: string, limit: number) => Promise<EventPage>;
  /** Whether an event that came live belongs to the list, by what is asked and by its time. */
  readonly wants: (e: Event) => boolean;
  readonly pageSize?: number;
}

export interface PastView {
  /** Newest first. The same array until something came or went. */
  readonly events: readonly Known[];
  /** first: nothing of the past has come yet. */
  readonly phase: "first" | "ready" | "loading" | "failed";
  /** Why the last page could not be read. */
  readonly problem: ApiError | null;
  /** The past was read to its end. */
  readonly whole: boolean;
  /** How many have come live while the list is held still. */
  readonly unseen: number;
}

/** A page of the past that was read, from which the next one goes on. */
interface Mark {
  readonly next: string;
  /** When its last event was, microseconds. */
  readonly at: number;
  readonly keys: readonly string[];
}

const PAGE = 500;
/** How many pages are read again to join what was known; further away, the list begins anew. */
const JOIN_PAGES = 20;
/** An event's place in the history is its time, or at most so much later; a slow writer besides. */
const SLACK = 2_000_000;
/** At the top, the list is cut to pages of so many events once it has more than the other. */
const TRIM_TO = 5_000;
const TRIM_FROM = 20_000;

export class PastLog {
  readonly #o: PastLogOptions;
  readonly #pageSize: number;
  readonly #listeners = new Set<() => void>();
  #keys = new Set<string>();
  #marks: Mark[] = [];
  /** Wanted, and waiting for the list to be let go. */
  #held: Known[] = [];
  #hold = false;
  /** The live log as it was read last; null before. */
  #seen: readonly EventRow[] | null = null;
  /** Since when something is missing that is being read again, or could not be; null for nothing. */
  #join: number | null = null;
  /** Nobody wants the answer of a question that was asked before this one. */
  #asked = 0;
  #view: PastView = { events: [], phase: "first", problem: null, whole: false, unseen: 0 };

  constructor(options: PastLogOptions) {
    this.#o = options;
    this.#pageSize = options.pageSize ?? PAGE;
  }

  readonly view = (): PastView => this.#view;

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  };

  /** Reads the first page. */
  start(): void {
    void this.#page("");
  }

  /** Reads on, where there is more and nothing is under way. */
  older(): void {
    const { phase, whole } = this.#view;
    if (phase !== "ready" || whole) return;
    void this.#page(this.#marks.at(-1)?.next ?? "");
  }

  /** After a failure: tries that page again. */
  retry(): void {
    if (this.#view.phase !== "failed") return;
    if (this.#join !== null) void this.#rejoin(this.#join);
    else void this.#page(this.#marks.at(-1)?.next ?? "");
  }

  /** Held, the list keeps what comes live for later and says how many there are. */
  hold(on: boolean): void {
    if (this.#hold === on) return;
    this.#hold = on;
    if (on) return;
    const held = this.#held;
    this.#held = [];
    this.#put(held, { unseen: 0 });
    this.#trim();
  }

  /** Takes what is new of the live log, whose lines are the oldest first. */
  live(rows: readonly EventRow[]): void {
    const first = this.#seen === null;
    const before = this.#seen ?? [];
    this.#seen = rows;
    const last = before.at(-1);
    const from = last === undefined ? 0 : rows.lastIndexOf(last) + 1;
    const fresh: Known[] = [];
    let cut: EventRow | null = null;
    for (let i = from; i < rows.length; i++) {
      const row = rows[i];
      if (row?.kind === "event") this.#admit(row.event, fresh);
      // What is missing there at first is in the pages, which are asked for after it.
      else if (row && row.lost !== 0 && !first) cut ??= row;
    }
    if (cut !== null) this.#missing(joinAt(cut, before));
    if (fresh.length === 0) return;
    if (!this.#hold) {
      this.#put(fresh, {});
      this.#trim();
      return;
    }
    this.#held.push(...fresh);
    this.#set({ unseen: this.#held.length });
  }

  /** Reads again what is newest: of what the live log does not tell. */
  again(): void {
    const newest = this.#view.events[0]?.at ?? 0;
    if (this.#view.phase === "ready") this.#missing(newest - SLACK);
  }

  #missing(since: number): void {
    // The answer that is on its way may be older than what is missing.
    if (this.#marks.length === 0) void this.#page("");
    else void this.#rejoin(since);
  }

  /** Notes an event that is wanted and not known. */
  #admit(e: Event, to: Known[]): void {
    if (!this.#o.wants(e)) return;
    const known = knownOf(e);
    if (this.#keys.has(known.key)) return;
    this.#keys.add(known.key);
    to.push(known);
  }

  async #page(next: string): Promise<void> {
    const asked = ++this.#asked;
    this.#set({ phase: this.#view.phase === "first" ? "first" : "loading", problem: null });
    try {
      const page = await this.#o.fetch(next, this.#pageSize);
      if (asked !== this.#asked) return;
      this.#take(page);
    } catch (err) {
      if (asked !== this.#asked) return;
      this.#set({ phase: "failed", problem: asApiError(err) });
    }
  }

  #take(page: EventPage): void {
    const known = page.items.map(knownOf);
    this.#marks.push({
      next: page.next,
      at: known.at(-1)?.at ?? 0,
      keys: known.map((k) => k.key),
    });
    const fresh = this.#unknown(known);
    this.#put(fresh, { phase: "ready", whole: page.next === "" });
  }

  /** Those that are not in the list yet; one that waits to be shown is not of the past. */
  #unknown(known: readonly Known[]): Known[] {
    const fresh = known.filter((k) => !this.#keys.has(k.key));
    for (const k of fresh) this.#keys.add(k.key);
    return fresh;
  }

  /** Something is missing since a time: the newest pages are read until they reach back behind it. */
  async #rejoin(since: number): Promise<void> {
    // One that is under way, or has failed, had further to go, perhaps.
    const back = Math.min(since, this.#join ?? since);
    this.#join = back;
    const asked = ++this.#asked;
    this.#set({ phase: "loading", problem: null });
    try {
      const pages: EventPage[] = [];
      for (let next = ""; pages.length < JOIN_PAGES; ) {
        const page = await this.#o.fetch(next, this.#pageSize);
        if (asked !== this.#asked) return;
        pages.push(page);
        next = page.next;
        const last = page.items.at(-1);
        if (next === "" || last === undefined || knownOf(last).at < back) {
          this.#join = null;
          this.#put(this.#unknown(pages.flatMap((p) => p.items.map(knownOf))), { phase: "ready" });
          return;
        }
      }
      this.#begin(pages);
    } catch (err) {
      if (asked === this.#asked) this.#set({ phase: "failed", problem: asApiError(err) });
    }
  }

  /** Begins anew with the newest pages: what lies below them is read again when somebody looks. */
  #begin(pages: readonly EventPage[]): void {
    const last = pages.at(-1)?.items.at(-1);
    const from = last === undefined ? 0 : knownOf(last).at;
    // What came live and is not written yet is on none of the pages.
    const kept = this.#view.events.filter((k) => k.at >= from);
    this.#keys = new Set([...kept, ...this.#held].map((k) => k.key));
    this.#marks = [];
    this.#join = null;
    this.#set({ events: kept, whole: false });
    for (const page of pages) this.#take(page);
  }

  /** At the top nobody looks at what is far below: it is read again when somebody does. */
  #trim(): void {
    const { events, phase } = this.#view;
    if (this.#hold || phase !== "ready" || events.length <= TRIM_FROM) return;
    let keep = 0;
    for (let count = 0; count < TRIM_TO && keep < this.#marks.length; keep++) {
      count += this.#marks[keep]?.keys.length ?? 0;
    }
    const mark = this.#marks[keep - 1];
    if (mark === undefined || mark.next === "" || keep === this.#marks.length) return;
    const gone = new Set(this.#marks.slice(keep).flatMap((m) => m.keys));
    this.#marks = this.#marks.slice(0, keep);
    // What came live and is on a page that is gone is older than the last one kept, by more than the slack.
    const kept = events.filter((k) => !gone.has(k.key) && k.at >= mark.at - SLACK);
    this.#keys = new Set(kept.map((k) => k.key));
    this.#set({ events: kept, whole: false });
  }

  /** Puts events into their places. */
  #put(fresh: readonly Known[], change: Partial<PastView>): void {
    this.#set(fresh.length === 0 ? change : { ...change, events: merge(this.#view.events, fresh) });
  }

  #set(change: Partial<PastView>): void {
    this.#view = { ...this.#view, ...change };
    for (const fn of [...this.#listeners]) fn();
  }
}

/** Until when everything was known, microseconds. */
function joinAt(cut: EventRow, before: readonly EventRow[]): number {
  if (cut.kind === "gap" && cut.since !== null) return cut.since * 1000 - SLACK;
  const last = before.findLast((r) => r.kind === "event");
  return last?.kind === "event" ? knownOf(last.event).at - SLACK : 0;
}

/** Both newest first, but for the order of what is fresh; of one moment, what was there stays first. */
export function merge(known: readonly Known[], fresh: readonly Known[]): readonly Known[] {
  const news = fresh.toSorted((a, b) => b.at - a.at);
  const first = news[0]?.at ?? 0;
  const last = known.at(-1)?.at;
  if (last === undefined || first <= last) return known.concat(news);
  // What comes live belongs to the top, mostly.
  let at = known.findIndex((k) => k.at < first);
  const out = known.slice(0, at);
  for (const k of news) {
    while (at < known.length && (known[at] as Known).at >= k.at) out.push(known[at++] as Known);
    out.push(k);
  }
  return out.concat(known.slice(at));
}

function asApiError(err: unknown): ApiError {
  return err instanceof ApiError ? err : new ApiError(0, String(err), null);
}
