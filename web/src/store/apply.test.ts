import { describe, expect, test } from "vitest";
import type { ServerMessage } from "../api/messages";
import { container, engine, event, keyOf, server, snapshot, welcome } from "../testing/samples";
import { type Applied, applyMessages, cut, opened, resumeOf } from "./apply";
import { EVENT_ROWS, initialState, type LiveState } from "./state";

const TOPICS = ["containers", "system", "events"] as const;

/** Applies frames, one after the other, to what a new page has. */
class Page {
  state: LiveState = opened(initialState(), TOPICS);
  last: Applied | null = null;
  now = 1_000;

  frame(...messages: ServerMessage[]): this {
    this.last = applyMessages(this.state, messages, { now: this.now, wall: 1_000_000 + this.now });
    this.state = this.last.state;
    return this;
  }

  /** Caught up: containers a and b at 10, an event at 40. */
  static live(): Page {
    return new Page().frame(
      welcome(),
      ...snapshot("containers", 10, [container("a", 1), container("b", 2)]),
      ...snapshot("system", 5, [
        { key: "server", server: server() },
        { key: "e", engine: engine() },
      ]),
      ...snapshot("events", 40, [event(39), event(40)]),
    );
  }

  ids(): string[] {
    return this.state.containers.entries
      .values()
      .map((e) => e.container.id)
      .sort();
  }

  feed(): (number | string)[] {
    return this.state.events.rows.map((r) => (r.kind === "event" ? r.event.seq : r.reason));
  }
}

type DeltaChange = Partial<Extract<ServerMessage, { type: "delta"; topic: "containers" }>>;

function delta(from: number, seq: number, change: DeltaChange = {}): ServerMessage {
  return { type: "delta", topic: "containers", from, seq, ...change };
}

function eventsDelta(from: number, ...seqs: number[]): ServerMessage {
  return { type: "delta", topic: "events", from, seq: seqs.at(-1) ?? from, added: seqs.map((s) => event(s)) };
}

describe("snapshots", () => {
  test("replace a topic at once, when they are whole", () => {
    const page = Page.live();
    const [subbed, snap, end] = snapshot("containers", 20, [container("c", 3)]) as [
      ServerMessage,
      ServerMessage,
      ServerMessage,
    ];
    page.frame(subbed, snap);
    expect(page.ids()).toEqual(["a", "b"]);
    expect(page.last?.synced).toBe(false);
    page.frame(end);
    expect(page.ids()).toEqual(["c"]);
    expect(page.last?.synced).toBe(true);
  });

  test("come in pages", () => {
    const page = new Page().frame(welcome());
    page.frame({ type: "subbed", id: 1, topic: "containers", recovered: false, seq: 3 });
    for (let p = 0; p < 3; p++) {
      page.frame({ type: "snap", topic: "containers", page: p, items: [container(`c${p}`, p)] });
    }
    expect(page.ids()).toEqual([]);
    page.frame({ type: "snapEnd", topic: "containers", seq: 3, count: 3 });
    expect(page.ids()).toEqual(["c0", "c1", "c2"]);
  });

  test("that miss a page are asked for again", () => {
    const page = Page.live();
    page.frame(
      { type: "subbed", id: 1, topic: "containers", recovered: false, seq: 3 },
      { type: "snap", topic: "containers", page: 0, items: [container("c", 3)] },
      { type: "snap", topic: "containers", page: 2, items: [] },
      { type: "snapEnd", topic: "containers", seq: 30, count: 9 },
    );
    expect(page.last?.resubscribe).toEqual(["containers"]);
    expect(page.ids()).toEqual(["a", "b"]);
  });

  test("may be empty", () => {
    const page = Page.live().frame(
      { type: "subbed", id: 1, topic: "containers", recovered: false, seq: 11 },
      { type: "snapEnd", topic: "containers", seq: 11, count: 0 },
    );
    expect(page.ids()).toEqual([]);
    expect(page.last?.synced).toBe(true);
  });

  test("keep the objects of what did not change", () => {
    const page = Page.live();
    const before = page.state.containers.entries.get(keyOf("a"));
    page.frame(...snapshot("containers", 12, [container("a", 1), container("b", 2, { state: "exited" })]));
    expect(page.state.containers.entries.get(keyOf("a"))).toBe(before);
    expect(page.state.containers.entries.get(keyOf("b"))?.container.state).toBe("exited");
  });
});

describe("deltas", () => {
  test("add, change, unset and remove", () => {
    const page = Page.live().frame(
      delta(10, 13, {
        added: [container("c", 3)],
        changed: { [keyOf("a")]: { set: { state: "exited", exitCode: 137 } } },
        removed: [keyOf("b")],
      }),
    );
    expect(page.ids()).toEqual(["a", "c"]);
    expect(page.state.containers.entries.get(keyOf("a"))?.container).toMatchObject({ state: "exited", exitCode: 137 });
    expect(page.state.containers.seq).toBe(13);
    expect(page.last?.metrics).toEqual([{ type: "release", row: 2 }]);
    page.frame({ type: "delta", topic: "system", from: 5, seq: 6, changed: { e: { unset: ["engine"] } } });
    expect(page.state.system.entries.get("e")).toEqual({ key: "e" });
  });

  test("that are duplicates are ignored", () => {
    const page = Page.live().frame(delta(10, 12, { removed: [keyOf("b")] }));
    const before = page.state;
    page.frame(delta(10, 12, { added: [container("b", 2)] }), delta(9, 10), delta(5, 11));
    expect(page.state).toBe(before);
    expect(page.last).toMatchObject({ resubscribe: [], gaps: 0 });
  });

  for (const [what, message] of [
    ["skips ahead", delta(11, 12)],
    ["overlaps", delta(8, 12)],
    ["changes what we don't have", delta(10, 11, { changed: { "e/x": { set: { state: "exited" } } } })],
    ["makes nonsense of a field", delta(10, 11, { changed: { [keyOf("a")]: { set: { ports: 7 } } } })],
    ["unsets what must be there", delta(10, 11, { changed: { [keyOf("a")]: { unset: ["name"] } } })],
    ["changes who a container is", delta(10, 11, { changed: { [keyOf("a")]: { set: { id: "z" } } } })],
  ] as const) {
    test(`one that ${what} is not applied: subscribe again, keep the view`, () => {
      const page = Page.live();
      const view = page.state.containers.entries;
      page.frame(message, delta(12, 13, { removed: [keyOf("a")] }));
      expect(page.state.containers.entries).toBe(view);
      expect(page.last).toMatchObject({ resubscribe: ["containers"], gaps: 1, synced: false, metrics: [] });
      // Until the new subscription is answered, nothing of the old one counts.
      page.frame(
        { type: "snap", topic: "containers", page: 0, items: [] },
        { type: "snapEnd", topic: "containers", seq: 14, count: 0 },
        { type: "mark", topic: "containers", seq: 15 },
      );
      expect(page.state.containers.entries).toBe(view);
      page.frame(...snapshot("containers", 16, [container("a", 1)]));
      expect(page.ids()).toEqual(["a"]);
      expect(page.last?.synced).toBe(true);
    });
  }

  test("wait for the snapshot under way, and go on from it", () => {
    const page = Page.live();
    const [subbed, snap, end] = snapshot("containers", 20, [container("c", 3)]);
    if (!subbed || !snap || !end) throw new Error("no snapshot");
    page.frame(subbed, snap, delta(10, 11, { removed: [keyOf("a")] }), end);
    expect(page.ids()).toEqual(["c"]);
    page.frame(delta(20, 21, { added: [container("d", 4)] }));
    expect(page.ids()).toEqual(["c", "d"]);
    expect(page.last?.gaps).toBe(0);
  });

  test("a state or a health that changes is dated, anything else is not", () => {
    const page = Page.live();
    page.now = 5_000;
    page.frame(delta(10, 11, { changed: { [keyOf("a")]: { set: { name: "new" } } } }));
    expect(page.state.containers.entries.get(keyOf("a"))?.changedAt).toBe(0);
    page.frame(delta(11, 12, { changed: { [keyOf("a")]: { set: { health: "unhealthy" } } } }));
    expect(page.state.containers.entries.get(keyOf("a"))?.changedAt).toBe(5_000);
    page.now = 6_000;
    page.frame(
      delta(12, 13, { added: [container("a", 1, { health: "unhealthy", name: "again" }), container("n", 9)] }),
    );
    expect(page.state.containers.entries.get(keyOf("a"))?.changedAt).toBe(5_000);
    expect(page.state.containers.entries.get(keyOf("n"))?.changedAt).toBe(6_000);
  });

  test("a restart that came merged into one change is dated", () => {
    const page = Page.live();
    page.now = 5_000;
    const set = { startedAt: "2026-11-23T15:00:00Z" };
    page.frame(delta(10, 11, { changed: { [keyOf("a")]: { set } } }));
    expect(page.state.containers.entries.get(keyOf("a"))?.changedAt).toBe(5_000);
  });
});

describe("marks", () => {
  test("move the position, never back", () => {
    const page = Page.live().frame({ type: "mark", topic: "containers", seq: 15 });
    expect(page.state.containers.seq).toBe(15);
    page.frame({ type: "mark", topic: "containers", seq: 12 });
    expect(page.state.containers.seq).toBe(15);
    page.frame(delta(15, 16, { removed: [keyOf("a")] }));
    expect(page.ids()).toEqual(["b"]);
  });
});

describe("resync", () => {
  test("keeps the view until the snapshot that follows is whole", () => {
    const page = Page.live().frame(
      { type: "resync", topic: "containers", reason: "slow" },
      delta(10, 11, { removed: [keyOf("a")] }),
    );
    expect(page.ids()).toEqual(["a", "b"]);
    expect(page.last).toMatchObject({ resyncs: 1, resubscribe: [], synced: false });
    page.frame(
      { type: "snap", topic: "containers", page: 0, items: [container("c", 3)] },
      { type: "snapEnd", topic: "containers", seq: 99, count: 1 },
    );
    expect(page.ids()).toEqual(["c"]);
    expect(page.last?.synced).toBe(true);
  });

  test("in the middle of a snapshot begins it anew", () => {
    const page = Page.live().frame(
      { type: "resync", topic: "containers", reason: "slow" },
      { type: "snap", topic: "containers", page: 0, items: [container("c", 3)] },
      { type: "resync", topic: "containers", reason: "burst" },
      { type: "snap", topic: "containers", page: 0, items: [container("d", 4)] },
      { type: "snapEnd", topic: "containers", seq: 99, count: 1 },
    );
    expect(page.ids()).toEqual(["d"]);
  });

  test("of events shows what was lost, and keeps what came before", () => {
    const page = Page.live().frame(
      { type: "resync", topic: "events", reason: "slow", lost: { from: 40, to: 90 } },
      { type: "snap", topic: "events", page: 0, items: [event(91), event(92)] },
      { type: "snapEnd", topic: "events", seq: 92, count: 2 },
    );
    expect(page.feed()).toEqual([39, 40, "lost", 91, 92]);
    expect(page.state.events.rows[2]).toMatchObject({ lost: 50, since: null, until: null, replayed: 2 });
  });
});

describe("epochs", () => {
  test("another one replaces everything, and resets the columns first", () => {
    const page = Page.live();
    page.state = opened(page.state, TOPICS);
    page.frame(welcome("e2"));
    expect(page.ids()).toEqual(["a", "b"]);
    expect(page.state.containers.epoch).toBe("e1");
    expect(page.last?.metrics).toEqual([{ type: "reset" }]);
    expect(resumeOf(page.state)).toEqual({ epoch: "e2", topics: {} });
    page.frame(...snapshot("containers", 2, [container("z", 1)]), ...snapshot("events", 3, [event(3)]));
    expect(page.ids()).toEqual(["z"]);
    expect(page.state.containers.epoch).toBe("e2");
    expect(page.feed()).toEqual(["restart", 3]);
  });

  test("positions of the old one are not resumed from, even if the server says so", () => {
    const page = Page.live();
    page.state = opened(page.state, TOPICS);
    page.frame(welcome("e2"), { type: "subbed", id: 1, topic: "containers", recovered: true, seq: 10 });
    expect(page.last?.resubscribe).toEqual(["containers"]);
  });
});

describe("reconnecting", () => {
  test("resumes from the positions reached", () => {
    expect(resumeOf(initialState())).toBeNull();
    const page = Page.live();
    expect(resumeOf(page.state)).toEqual({ epoch: "e1", topics: { containers: 10, system: 5, events: 40 } });
    // A snapshot that was cut off is no position; the one before it is.
    page.frame(
      { type: "resync", topic: "containers", reason: "slow" },
      { type: "snap", topic: "containers", page: 0, items: [] },
    );
    expect(resumeOf(page.state)?.topics["containers"]).toBe(10);
  });

  test("recovered: caught up once the promised position is reached", () => {
    const page = Page.live();
    page.state = opened(page.state, TOPICS);
    page.frame(
      welcome(),
      { type: "subbed", id: 1, topic: "containers", recovered: true, seq: 12 },
      { type: "subbed", id: 2, topic: "system", recovered: true, seq: 5 },
      { type: "subbed", id: 3, topic: "events", recovered: true, seq: 40 },
    );
    expect(page.last?.synced).toBe(false);
    page.frame(delta(10, 12, { removed: [keyOf("a")] }));
    expect(page.last?.synced).toBe(true);
    expect(page.ids()).toEqual(["b"]);
  });

  test("a cut is a row of the feed, with what was made up for", () => {
    const page = Page.live();
    page.state = opened(cut(page.state, 500), TOPICS);
    page.frame(welcome(), { type: "subbed", id: 3, topic: "events", recovered: true, seq: 43 });
    page
      .frame(eventsDelta(40, 41, 42))
      .frame(eventsDelta(42, 43))
      .frame(eventsDelta(43, 44));
    expect(page.feed()).toEqual([39, 40, "connection", 41, 42, 43, 44]);
    expect(page.state.events.rows[2]).toMatchObject({ since: 500, until: 1_001_000, replayed: 3, lost: 0 });
  });

  test("a cut in which nothing happened is a row too", () => {
    const page = Page.live();
    page.state = opened(cut(page.state, 500), TOPICS);
    page.frame(welcome(), { type: "subbed", id: 3, topic: "events", recovered: true, seq: 40 });
    page.frame(eventsDelta(40, 41));
    expect(page.feed()).toEqual([39, 40, "connection", 41]);
    expect(page.state.events.rows[2]).toMatchObject({ replayed: 0 });
  });

  test("a cut past retention says how much is missing", () => {
    const page = Page.live();
    page.state = opened(cut(page.state, 500), TOPICS);
    page.frame(welcome(), ...snapshot("events", 100, [event(98), event(99), event(100)]));
    expect(page.feed()).toEqual([39, 40, "lost", 98, 99, 100]);
    expect(page.state.events.rows[2]).toMatchObject({ since: 500, replayed: 3, lost: 57 });
  });

  test("a snapshot that overlaps tells nothing twice", () => {
    const page = Page.live().frame(...snapshot("events", 42, [event(39), event(40), event(41), event(42)]));
    expect(page.feed()).toEqual([39, 40, 41, 42]);
  });
});

describe("events", () => {
  test("are kept up to a limit", () => {
    const page = Page.live();
    for (let at = 40; at < 40 + 3 * EVENT_ROWS; at += 500) {
      page.frame(eventsDelta(at, ...Array.from({ length: 500 }, (_, i) => at + 1 + i)));
    }
    expect(page.state.events.rows).toHaveLength(EVENT_ROWS);
    expect(page.feed().at(-1)).toBe(page.state.events.seq);
    expect(new Set(page.state.events.rows.map((r) => r.key)).size).toBe(EVENT_ROWS);
  });
});

test("a topic the server refuses does not keep the rest from being caught up", () => {
  const page = new Page().frame(welcome(), ...snapshot("containers", 1, []), ...snapshot("events", 1, []), {
    type: "error",
    id: 2,
    code: "forbidden",
    message: "no",
  });
  expect(page.last?.synced).toBe(true);
});

test("the old state is never touched", () => {
  const page = Page.live();
  const before = page.state;
  const ids = page.ids();
  page.frame(delta(10, 11, { removed: [keyOf("a")], added: [container("c", 3)] }), eventsDelta(40, 41));
  page.state = before;
  expect(page.ids()).toEqual(ids);
  expect(page.feed()).toEqual([39, 40]);
});
