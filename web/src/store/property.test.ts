import fc from "fast-check";
import { expect, test } from "vitest";
import type { ColumnName } from "../api/columns.gen";
import type { SequencedTopic } from "../api/messages";
import type { Container } from "../api/types.gen";
import { garbage } from "../testing/garbage";
import { ManualFrames, ManualSignals, ManualTime, ManualTroubles } from "../testing/manual";
import { ModelServer } from "../testing/modelServer";
import { keyOf } from "../testing/samples";
import { Connection, initialConnection } from "../transport/connection";
import { FakeNetwork } from "../transport/fakeSocket";
import { FakeSync } from "../transport/fakeSync";
import { LogStreams } from "../transport/logs";
import { QualityMeter } from "../transport/quality";
import { TroubleLog } from "../transport/trouble";
import { LiveStore } from "./liveStore";

const TOPICS: readonly SequencedTopic[] = ["containers", "system", "jobs", "volumes", "alerts", "events"];

/** Caught up; time that moves in leaps makes for slow round trips. */
function isUp(phase: string): boolean {
  return phase === "live" || phase === "slow";
}

/** The whole client over a fake network, with a model server at its end. */
class World {
  readonly time = new ManualTime();
  readonly frames = new ManualFrames();
  readonly network = new FakeNetwork();
  readonly sync = new FakeSync();
  readonly signals = new ManualSignals();
  /** What the networks between let through. */
  sockets = true;
  http = true;
  readonly server = new ModelServer(() => this.time.now());
  readonly store = new LiveStore({
    clock: this.time,
    frames: this.frames,
    connection: initialConnection(this.time),
    quality: new QualityMeter(this.time).snapshot(),
  });
  readonly connection: Connection;
  /** Ends the need for the volumes; null while there is none. */
  unfollow: (() => void) | null = null;
  #accepted = 0;
  #polled = 0;

  constructor() {
    const ok = () => Promise.resolve({ ok: true } as const);
    this.connection = new Connection({
      sink: this.store,
      logs: new LogStreams({ frames: this.frames, timers: this.time, request: () => Promise.resolve(null) }),
      auth: { prepare: ok, check: ok, signIn: ok, giveBack() {} },
      open: this.network.open,
      url: "ws://model",
      client: { id: "t", name: "test", version: "0" },
      clock: this.time,
      timers: this.time,
      signals: this.signals,
      trouble: new TroubleLog(new ManualTroubles(), this.time),
      sync: this.sync.request,
      random: () => 0,
      lastEvents: 4,
    });
    this.server.engineState(0);
    this.connection.connect();
  }

  /** Lets a socket that is being opened be accepted, or refused, and polls be answered, or not. */
  async reach(): Promise<void> {
    await this.#turn();
    if (this.network.sockets.length > this.#accepted) {
      this.#accepted = this.network.sockets.length;
      if (this.sockets) this.server.accept(this.network.last);
      else this.network.last.end(1006);
    }
    this.server.listen();
    while (this.sync.waiting) {
      const text = this.http ? this.server.sync(this.sync.asked[this.#polled]?.query ?? new URLSearchParams()) : "";
      this.#polled++;
      if (text === null) this.sync.fail(410);
      else if (text === "") this.sync.fail(0);
      else this.sync.text(text);
      await this.#turn();
    }
  }

  /** Lets promises come to their end. */
  async #turn(): Promise<void> {
    for (let i = 0; i < 12; i++) await Promise.resolve();
  }

  /** Moves time on until everything that was said has been heard. */
  async settle(isThere: (phase: string) => boolean = isUp): Promise<void> {
    for (let i = 0; i < 300; i++) {
      this.time.advance(600);
      await this.reach();
      for (const topic of TOPICS) this.server.flush(topic);
      this.frames.draw();
      if (i > 10 && isThere(this.store.view().connection.phase)) return;
    }
  }
}

/** Somebody needs the volumes, or nobody does any more. */
function follow(w: World, on: boolean): void {
  if (!on) {
    w.unfollow?.();
    w.unfollow = null;
  } else w.unfollow ??= w.connection.follow("volumes");
}

type Op = (w: World) => void | Promise<void>;

const id = fc.constantFrom("a", "b", "c", "d", "e");
const topic = fc.constantFrom(...TOPICS);
const change: fc.Arbitrary<Partial<Container>> = fc.record(
  {
    state: fc.constantFrom("running", "exited", "paused", "created"),
    exitCode: fc.constantFrom(null, 0, 137),
    name: fc.constantFrom("x", "y", "z"),
    labels: fc.dictionary(fc.constantFrom("k", "l"), fc.constantFrom("1", "2")),
  },
  { requiredKeys: [] },
);
const cell = fc.option(fc.nat({ max: 1_000_000 }), { nil: null });

/** Everything that can happen, more often what happens more often. */
const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(id, change).map(
      ([i, c]): Op =>
        (w) =>
          w.server.put(i, c),
    ),
  },
  {
    weight: 3,
    arbitrary: id.map(
      (i): Op =>
        (w) =>
          w.server.remove(i),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.nat({ max: 9 }).map(
      (n): Op =>
        (w) =>
          w.server.engineState(n),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(id, fc.nat({ max: 2 })).map(
      ([name, labels]): Op =>
        (w) =>
          w.server.volume(name, labels),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(id, fc.constantFrom("pending", "firing", "resolved", null)).map(
      ([i, state]): Op =>
        (w) =>
          w.server.alert(i, state),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.boolean().map(
      (on): Op =>
        (w) =>
          follow(w, on),
    ),
  },
  { weight: 5, arbitrary: fc.constant<Op>((w) => w.server.emit()) },
  {
    weight: 3,
    arbitrary: fc.integer({ min: 1, max: 4 }).map(
      (n): Op =>
        (w) =>
          w.server.workOn(n),
    ),
  },
  {
    weight: 12,
    arbitrary: topic.map(
      (t): Op =>
        (w) =>
          w.server.push(t),
    ),
  },
  {
    weight: 2,
    arbitrary: topic.map(
      (t): Op =>
        (w) =>
          w.server.push(t, true),
    ),
  },
  {
    weight: 2,
    arbitrary: topic.map(
      (t): Op =>
        (w) =>
          w.server.resync(t),
    ),
  },
  {
    weight: 2,
    arbitrary: topic.map(
      (t): Op =>
        (w) =>
          w.server.mark(t),
    ),
  },
  { weight: 2, arbitrary: fc.constant<Op>((w) => w.server.repeat()) },
  {
    weight: 1,
    arbitrary: fc.string().map(
      (s): Op =>
        (w) =>
          w.server.garbage(s),
    ),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(fc.integer({ min: 1, max: 8 }), cell, cell, cell).map(
      ([row, cpu, mem, rx]): Op =>
        (w) =>
          w.server.measure(row, { cpu, mem, rx }),
    ),
  },
  { weight: 5, arbitrary: fc.constant<Op>((w) => w.server.sample()) },
  {
    weight: 2,
    arbitrary: fc.uniqueArray(fc.integer({ min: 1, max: 8 })).map(
      (rows): Op =>
        (w) =>
          w.connection.setMetrics({ rows }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(1006, 4000, 4001).map(
      (c): Op =>
        (w) =>
          w.server.cut(c),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Op>((w) => {
      w.server.restart();
      w.server.cut(1006);
    }),
  },
  { weight: 8, arbitrary: fc.constant<Op>((w) => w.reach()) },
  {
    weight: 3,
    arbitrary: fc.integer({ min: 1, max: 3_000 }).map(
      (ms): Op =>
        (w) =>
          w.time.advance(ms),
    ),
  },
  { weight: 2, arbitrary: fc.constant<Op>((w) => void w.frames.draw()) },
);

/** Networks that break, each in its way, and the page's own doings. */
const trouble: fc.Arbitrary<Op> = fc.oneof(
  ...(["sockets", "http"] as const).flatMap((what) => [
    { weight: 3, arbitrary: fc.constant<Op>((w) => block(w, what)) },
    { weight: 2, arbitrary: fc.constant<Op>((w) => unblock(w, what)) },
  ]),
  {
    weight: 2,
    arbitrary: fc
      .constantFrom("online" as const, "offline" as const, "hidden" as const, "visible" as const, "wake" as const)
      .map(
        (signal): Op =>
          (w) =>
            w.signals.fire(signal),
      ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom("a setting", null).map(
      (why): Op =>
        (w) =>
          w.connection.force(why),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.integer({ min: 1_000, max: 30_000 }).map(
      (ms): Op =>
        async (w) => {
          // In steps, so that what is due is answered on the way.
          for (let t = 0; t < ms; t += 1_000) {
            w.time.advance(1_000);
            await w.reach();
          }
        },
    ),
  },
);

function block(w: World, what: "sockets" | "http"): void {
  w[what] = false;
  if (what === "sockets") w.server.cut(1006);
}

function unblock(w: World, what: "sockets" | "http"): void {
  w[what] = true;
}

const COLUMNS: readonly ColumnName[] = ["cpu", "mem", "rx"];

/** The page shows what the server has: containers, jobs, metrics, and every event once or a gap for it. */
function expectEqual(w: World): void {
  const view = w.store.view();
  const got = Object.fromEntries(view.containers.entries.map((e) => [e.key, e.container]));
  expect(got).toEqual(Object.fromEntries(w.server.containers));
  expect(view.jobs).toEqual(w.server.jobs());
  expect(Object.fromEntries(view.volumes.entries.values().map((v) => [keyOf(v.name), v]))).toEqual(w.server.volumes());
  expect(Object.fromEntries(view.alerts.entries.values().map((a) => [keyOf(a.id), a]))).toEqual(w.server.alerts());
  // Events may be missing only where a gap says so; none twice, none out of order.
  const rows = view.events.rows;
  const seqs = rows.flatMap((r) => (r.kind === "event" ? [r.event.seq] : []));
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  let at = seqs[0] ?? 0;
  let excused = true;
  for (const r of rows) {
    if (r.kind === "gap") excused ||= r.lost !== 0;
    else {
      if (!excused) expect(r.event.seq).toBe(at + 1);
      at = r.event.seq;
      excused = false;
    }
  }
  if (w.server.events.length > 0) expect(seqs.at(-1)).toBe(w.server.events.length);
  for (const c of w.server.containers.values()) {
    const sample = w.server.samples.get(c.row);
    for (const name of COLUMNS) {
      expect(w.store.metrics.read(c.row, name)).toBe(sample?.[name as "cpu" | "mem" | "rx"] ?? null);
    }
  }
}

/** Something new in each topic: a delta that was lost is noticed by the next one. */
function touch(w: World): void {
  w.server.put("last", {});
  w.server.engineState(10);
  w.server.workOn(5);
  w.server.volume("last", 1);
  w.server.alert("last", "firing");
  w.server.emit();
}

test("whatever happens on the way, the page ends with what the server has", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(op, { minLength: 5, maxLength: 60 }), async (ops) => {
      const w = new World();
      await w.reach();
      for (const run of ops) {
        await run(w);
        w.server.listen();
      }
      w.connection.setMetrics({ all: true });
      follow(w, true);
      await w.settle();
      touch(w);
      await w.settle();
      w.server.sample();
      w.frames.draw();
      expect(isUp(w.store.view().connection.phase)).toBe(true);
      expectEqual(w);
      for (const c of w.server.containers.values()) {
        if (w.server.samples.has(c.row)) expect(w.store.metrics.age(c.row)).toBe(0);
      }
    }),
    { numRuns: 300, seed: 20_261_123 },
  );
});

test("whichever way the data comes, and however often that changes: nothing is missing, nothing is doubled", async () => {
  const step = fc.oneof({ weight: 3, arbitrary: op }, { weight: 2, arbitrary: trouble });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), fc.boolean(), async (ops, forced) => {
      const w = new World();
      await w.reach();
      for (const run of ops) {
        await run(w);
        await w.reach();
      }
      w.sockets = true;
      w.http = true;
      w.connection.force(forced ? "a setting" : null);
      w.signals.fire("online");
      w.signals.fire("visible");
      w.connection.setMetrics({ all: true });
      follow(w, true);
      const isThere = forced ? (phase: string) => phase === "polling" : isUp;
      await w.settle(isThere);
      touch(w);
      await w.settle(isThere);
      if (!forced) w.server.sample();
      w.frames.draw();
      const { connection } = w.store.view();
      expect(isThere(connection.phase)).toBe(true);
      expect(connection.transport).toBe(forced ? "polling" : "websocket");
      expectEqual(w);
    }),
    { numRuns: 300, seed: 20_261_124 },
  );
});

test("garbage between the frames never changes what is shown", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(garbage, { maxLength: 20 }), async (texts) => {
      const w = new World();
      w.server.put("a", {});
      w.server.put("b", { state: "exited" });
      w.server.emit();
      await w.settle();
      for (const text of texts) {
        // Whatever it makes of them, it neither throws nor shows what is no container.
        w.server.garbage(text);
        w.frames.draw();
        for (const e of w.store.view().containers.entries) expect(Array.isArray(e.container.ports)).toBe(true);
      }
    }),
    { numRuns: 150, seed: 7 },
  );
});
