import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiError } from "../../api/client";
import type { Event } from "../../api/types.gen";
import type { EventRow } from "../state";
import { identityOf, microsOf } from "./identity";
import { type EventPage, PastLog } from "./pastLog";

const BEGIN = Date.parse("2026-11-23T12:00:00Z") * 1000;

function event(n: number, micros: number, name = "web"): Event {
  const ms = Math.floor(micros / 1000);
  const rest = String(micros % 1000).padStart(3, "0");
  const time = new Date(ms).toISOString().replace("Z", `${rest}Z`);
  const e = { time, engine: "e1", kind: "container", action: "start", detail: `${n}`, id: `c${n % 7}`, name };
  return { ...e, attributes: {}, inferred: false, seq: 0 };
}

/** A history as the server keeps it: at their times, or a little later where those are taken. */
class World {
  readonly rows = new Map<number, Event>();
  live: EventRow[] = [];
  failing = false;
  asked = 0;
  #key = 0;

  /** The history writes it. */
  write(e: Event): void {
    let id = microsOf(e.time);
    while (this.rows.has(id)) id += 1 + (id % 3);
    this.rows.set(id, e);
  }

  /** The live log tells of it. */
  tell(e: Event): void {
    this.live = [...this.live, { kind: "event", key: `${this.#key++}`, event: { ...e, seq: this.#key } }];
  }

  /** The link was lost, and the live log lacks what was in between. */
  cut(since: number | null): void {
    const gap = { kind: "gap", key: `gap ${this.#key++}`, reason: "lost", since, until: null } as const;
    this.live = [...this.live, { ...gap, replayed: 0, lost: null }];
  }

  readonly fetch = async (next: string, limit: number): Promise<EventPage> => {
    this.asked++;
    await Promise.resolve();
    if (this.failing) throw new ApiError(0, "The server can't be reached.", null);
    const below = next === "" ? Number.POSITIVE_INFINITY : Number(next);
    const ids = [...this.rows.keys()].filter((id) => id < below).sort((a, b) => b - a);
    const page = ids.slice(0, limit);
    const items = page.map((id) => this.rows.get(id) as Event);
    return { items, next: ids.length > limit ? String(page.at(-1)) : "" };
  };
}

const settle = async () => {
  for (let i = 0; i < 60; i++) await Promise.resolve();
};

/** Reads on until there is no more. */
async function toEnd(log: PastLog): Promise<void> {
  for (let i = 0; i < 500 && !(log.view().whole && log.view().phase === "ready"); i++) {
    log.retry();
    log.older();
    await settle();
  }
}

function expectAll(log: PastLog, wanted: readonly Event[]): void {
  const keys = log.view().events.map((k) => k.key);
  expect(new Set(keys).size).toBe(keys.length);
  expect([...keys].sort()).toEqual(wanted.map(identityOf).sort());
  const times = log.view().events.map((k) => k.at);
  expect(times).toEqual([...times].sort((a, b) => b - a));
}

/** What may happen, and what a list makes of it. */
class Story {
  readonly world = new World();
  readonly happened: Event[] = [];
  readonly log: PastLog;
  #now = BEGIN;

  constructor(before: number, pageSize: number) {
    for (let i = 0; i < before; i++) this.#happen(this.#now++, i > before - 5);
    this.log = new PastLog({ fetch: this.world.fetch, wants: () => true, pageSize });
    this.log.live(this.world.live);
    this.log.start();
  }

  happen(late: number): void {
    this.#now += 50_000;
    this.#happen(this.#now - late, true);
  }

  miss(late: number): void {
    const since = this.#now / 1000;
    for (let i = 0; i < 3; i++) {
      this.#now += 4_000_000;
      this.#happen(this.#now - late, false);
    }
    this.world.cut(late % 2 === 0 ? since : null);
    this.#happen(++this.#now, true);
  }

  older(): void {
    this.log.older();
  }

  hold(on: number): void {
    this.log.hold(on === 1);
  }

  async fail(on: number): Promise<void> {
    await settle();
    this.world.failing = on === 1;
  }

  wait(): Promise<void> {
    return settle();
  }

  #happen(micros: number, told: boolean): void {
    const e = event(this.happened.length, micros);
    this.happened.push(e);
    this.world.write(e);
    if (told) this.world.tell(e);
  }
}

describe("live and past in one list", () => {
  it("has each event once and lacks none, whichever way it comes", async () => {
    const act = fc.oneof(
      { weight: 6, arbitrary: fc.record({ what: fc.constant("happen" as const), by: fc.nat(3_000_000) }) },
      { weight: 2, arbitrary: fc.record({ what: fc.constant("miss" as const), by: fc.nat(1000) }) },
      { weight: 2, arbitrary: fc.record({ what: fc.constant("older" as const), by: fc.nat(1) }) },
      { weight: 1, arbitrary: fc.record({ what: fc.constant("hold" as const), by: fc.nat(1) }) },
      { weight: 1, arbitrary: fc.record({ what: fc.constant("fail" as const), by: fc.nat(1) }) },
      { weight: 1, arbitrary: fc.record({ what: fc.constant("wait" as const), by: fc.nat(1) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(40), fc.array(act, { maxLength: 60 }), fc.nat(8), async (before, acts, size) => {
        const story = new Story(before, size + 1);
        for (const { what, by } of acts) {
          await story[what](by);
          story.log.live(story.world.live);
        }
        await settle();
        story.world.failing = false;
        story.log.hold(false);
        await toEnd(story.log);
        expectAll(story.log, story.happened);
      }),
      { numRuns: 500 },
    );
  });

  it("counts what comes while it is held still, and then shows it", async () => {
    const world = new World();
    for (let i = 0; i < 5; i++) world.write(event(i, BEGIN + i));
    const log = new PastLog({ fetch: world.fetch, wants: (e) => e.name === "web" });
    log.start();
    await settle();
    log.hold(true);
    world.tell(event(5, BEGIN + 5));
    world.tell(event(6, BEGIN + 6, "other"));
    world.tell(event(7, BEGIN + 7));
    log.live(world.live);
    expect([log.view().events.length, log.view().unseen]).toEqual([5, 2]);
    log.hold(false);
    expect([log.view().events.length, log.view().unseen, log.view().events[0]?.event.detail]).toEqual([7, 0, "7"]);
  });

  it("says why a page could not be read, and goes on from there", async () => {
    const world = new World();
    for (let i = 0; i < 30; i++) world.write(event(i, BEGIN + i));
    const log = new PastLog({ fetch: world.fetch, wants: () => true, pageSize: 10 });
    log.start();
    await settle();
    world.failing = true;
    log.older();
    await settle();
    expect([log.view().phase, log.view().problem?.message]).toEqual(["failed", "The server can't be reached."]);
    const asked = world.asked;
    log.older();
    expect(world.asked).toBe(asked);
    world.failing = false;
    log.retry();
    await settle();
    expect([log.view().phase, log.view().events.length]).toEqual(["ready", 20]);
  });

  it("forgets what is far below once one is back at the top, and reads it again", async () => {
    const world = new World();
    const all: Event[] = [];
    for (let i = 0; i < 26_000; i++) all.push(event(i, BEGIN + i * 1000));
    for (const e of all) world.write(e);
    const log = new PastLog({ fetch: world.fetch, wants: () => true, pageSize: 2000 });
    log.start();
    await settle();
    log.hold(true);
    await toEnd(log);
    expect(log.view().events.length).toBe(26_000);
    const last = event(26_000, BEGIN + 26_000_000);
    all.push(last);
    world.tell(last);
    world.write(last);
    log.live(world.live);
    log.hold(false);
    expect(log.view().events.length).toBe(6001);
    log.hold(true);
    await toEnd(log);
    expectAll(log, all);
  });
});
