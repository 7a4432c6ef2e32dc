import { describe, expect, test } from "vitest";
import type { ServerMessage } from "../api/messages";
import type { Filter, Resume } from "../api/types.gen";
import { ManualFrames, ManualSignals, ManualTime, ManualTroubles } from "../testing/manual";
import { container, snapshot, welcome } from "../testing/samples";
import type { SignIn } from "./auth";
import { Connection } from "./connection";
import { FakeNetwork } from "./fakeSocket";
import { FakeSync } from "./fakeSync";
import { LogStreams } from "./logs";
import type { Polled } from "./poller";
import type { Quality } from "./quality";
import type { ConnectionState, Received, Sink } from "./sink";
import { TroubleLog } from "./trouble";

/** A sink that writes down what it is given. */
class RecordingSink implements Sink {
  readonly frames: (readonly ServerMessage[])[] = [];
  readonly filters: Filter[] = [];
  state: ConnectionState | null = null;
  quality: Quality | null = null;
  lost = 0;
  opens = 0;
  position: Resume | null = null;
  answer: Received = { resubscribe: [], synced: true, gaps: 0, resyncs: 0 };

  resume = () => this.position;
  opened = () => {
    this.opens++;
  };
  readonly follows: [topic: string, on: boolean][] = [];
  followed = (topic: string, on: boolean) => {
    this.follows.push([topic, on]);
  };
  filtered = (_id: number, filter: Filter) => {
    this.filters.push(filter);
  };
  readonly polls: Polled[] = [];
  readonly roles: string[] = [];
  wakes = 0;

  polled = (polled: Polled) => {
    this.polls.push(polled);
    return this.answer;
  };
  role = (role: string) => {
    this.roles.push(role);
  };
  woke = () => {
    this.wakes++;
  };
  receive = (messages: readonly ServerMessage[]) => {
    this.frames.push(messages);
    return this.answer;
  };
  report = (state: ConnectionState, quality: Quality, lost: boolean) => {
    this.state = state;
    this.quality = quality;
    if (lost) this.lost++;
  };
}

const OK: SignIn = { ok: true };
const REFUSED: SignIn = { ok: false, refused: true, code: 401, message: "sign in again" };

function make() {
  const time = new ManualTime();
  const network = new FakeNetwork();
  const sink = new RecordingSink();
  const signals = new ManualSignals();
  const trouble = new TroubleLog(new ManualTroubles(), time);
  const sync = new FakeSync();
  const auth = { prepare: OK as SignIn, check: OK as SignIn, signIn: OK as SignIn, tokens: [] as string[] };
  const connection = new Connection({
    sink,
    logs: new LogStreams({ frames: new ManualFrames(), timers: time, request: () => Promise.resolve(null) }),
    auth: {
      giveBack() {},
      prepare: () => Promise.resolve(auth.prepare),
      check: () => Promise.resolve(auth.check),
      signIn: (secret) => {
        auth.tokens.push("token" in secret ? secret.token : "");
        return Promise.resolve(auth.signIn);
      },
    },
    open: network.open,
    url: "ws://server/api/v1/stream",
    client: { id: "tab-1", name: "web", version: "0.1.0" },
    clock: time,
    timers: time,
    signals,
    trouble,
    sync: sync.request,
    random: () => 0.5,
    lastEvents: 1_000,
  });
  return { time, network, sink, connection, signals, auth, sync, trouble };
}

type Made = ReturnType<typeof make>;

/** Lets the promises of the authentication come to their end. */
const settle = async () => {
  for (let i = 0; i < 5; i++) await Promise.resolve();
};

async function connected(made: Made = make()): Promise<Made> {
  made.connection.connect();
  await settle();
  made.network.last.open();
  made.network.last.frame(welcome());
  return made;
}

/** Moves time while the server answers pings, as a live one does. */
function live(made: Made, ms: number): void {
  for (let t = 0; t < ms; t += 500) {
    made.time.advance(500);
    const pings = made.network.last.sent.filter((m) => m["type"] === "ping");
    for (const ping of pings.slice(-1)) made.network.last.frame({ type: "pong", n: Number(ping["n"]) });
  }
}

describe("opening", () => {
  test("says hello and subscribes without waiting", async () => {
    const { network, connection, sink } = make();
    connection.setMetrics({ rows: [1], cols: ["cpu"] });
    connection.connect();
    await settle();
    expect(network.last.url).toBe("ws://server/api/v1/stream");
    expect(network.last.sent).toEqual([]);
    network.last.open();
    expect(network.last.sent).toEqual([
      { type: "hello", v: 1, client: { id: "tab-1", name: "web", version: "0.1.0" } },
      { type: "sub", id: 1, topic: "containers" },
      { type: "sub", id: 2, topic: "system" },
      { type: "sub", id: 5, topic: "jobs" },
      { type: "sub", id: 10, topic: "alerts" },
      { type: "sub", id: 3, topic: "events", filter: { last: 1_000 } },
      { type: "sub", id: 4, topic: "metrics", filter: { rows: [1], cols: ["cpu"] } },
    ]);
    expect(sink.opens).toBe(1);
    expect(sink.filters).toHaveLength(1);
  });

  test("resumes from where the sink stands", async () => {
    const made = make();
    made.sink.position = { epoch: "e1", topics: { containers: 7 } };
    await connected(made);
    expect(made.network.last.sent[0]).toMatchObject({ resume: { epoch: "e1", topics: { containers: 7 } } });
  });

  test("is told, and live when the sink is caught up", async () => {
    const made = make();
    expect(made.sink.state).toBeNull();
    made.connection.connect();
    expect(made.sink.state?.phase).toBe("connecting");
    await settle();
    made.network.last.open();
    made.sink.answer = { ...made.sink.answer, synced: false };
    made.network.last.frame(welcome());
    expect(made.sink.state?.phase).toBe("connecting");
    made.sink.answer = { ...made.sink.answer, synced: true };
    made.network.last.frame(snapshot("containers", 1, [container("a", 1)]));
    expect(made.sink.state).toMatchObject({ phase: "live", retryAt: null, reason: null, transport: "websocket" });
  });
});

describe("frames", () => {
  test("an array is one step; a ping is answered before it", async () => {
    const made = await connected();
    made.network.last.frame([
      { type: "ping", n: 9 },
      { type: "mark", topic: "containers", seq: 3 },
      { type: "mark", topic: "events", seq: 4 },
    ]);
    expect(made.network.last.sent.at(-1)).toEqual({ type: "pong", n: 9 });
    expect(made.sink.frames.at(-1)).toHaveLength(3);
    made.network.last.frame({ type: "ping", n: 10 });
    expect(made.sink.frames.at(-1)).toHaveLength(3);
  });

  test("our ping goes in one frame with the answer to the server's", async () => {
    const made = await connected();
    made.network.last.frame({ type: "pong", n: 1 });
    made.time.advance(1_800);
    made.network.last.frame({ type: "ping", n: 10 });
    expect(made.network.last.sent.at(-1)).toEqual([
      { type: "pong", n: 10 },
      { type: "ping", n: 2 },
    ]);
    made.network.last.frame({ type: "ping", n: 11 });
    expect(made.network.last.sent.at(-1)).toEqual({ type: "pong", n: 11 });
  });

  test("garbage is counted and changes nothing", async () => {
    const made = await connected();
    const before = made.sink.frames.length;
    for (const text of ["", "{", "[1,2]", '{"type":"delta"}', "null"]) made.network.last.frame(text);
    live(made, 1_000);
    expect(made.sink.frames).toHaveLength(before);
    expect(made.sink.state?.phase).toBe("live");
    expect(made.sink.quality?.malformed).toBe(6);
  });

  test("a topic that does not fit is subscribed again, once a second at most", async () => {
    const made = await connected();
    made.sink.answer = { resubscribe: ["containers"], synced: false, gaps: 1, resyncs: 0 };
    const subs = () => made.network.last.sent.filter((m) => m["type"] === "sub" && m["id"] === 1).length;
    for (let i = 0; i < 10; i++) made.network.last.frame({ type: "mark", topic: "containers", seq: i });
    expect(subs()).toBe(2);
    expect(made.sink.state?.phase).toBe("syncing");
    made.time.advance(1_000);
    expect(subs()).toBe(3);
    made.time.advance(1_000);
    expect(made.sink.quality?.gaps).toBe(10);
  });

  test("a sink that throws leaves the connection working", async () => {
    const made = await connected();
    const receive = made.sink.receive;
    made.sink.receive = () => {
      throw new Error("a bug");
    };
    expect(() => made.network.last.frame({ type: "mark", topic: "events", seq: 4 })).toThrow("a bug");
    made.sink.receive = receive;
    made.network.last.frame({ type: "mark", topic: "events", seq: 5 });
    expect(made.sink.frames.at(-1)).toEqual([{ type: "mark", topic: "events", seq: 5 }]);
  });
});

describe("reconnecting", () => {
  test("after backoff, with the same subscriptions", async () => {
    const made = await connected();
    made.connection.setMetrics({ rows: [3], cols: ["cpu"] });
    const first = made.network.last;
    first.end(1006);
    expect(made.sink.state).toMatchObject({ phase: "reconnecting", attempt: 1 });
    expect(made.sink.lost).toBe(1);
    const wait = (made.sink.state?.retryAt ?? 0) - made.time.wall();
    expect(wait).toBe(750);
    made.time.advance(749);
    await settle();
    expect(made.network.sockets).toHaveLength(1);
    made.time.advance(1);
    await settle();
    expect(made.network.sockets).toHaveLength(2);
    made.network.last.open();
    expect(made.network.last.sent.map((m) => m["topic"])).toEqual([
      undefined,
      "containers",
      "system",
      "jobs",
      "alerts",
      "events",
      "metrics",
    ]);
    made.network.last.frame(welcome());
    expect(made.sink.state?.phase).toBe("live");
    live(made, 2_000);
    expect(made.sink.quality?.reconnects).toBe(1);
  });

  test("what the old socket still says is ignored", async () => {
    const made = await connected();
    const old = made.network.last;
    old.end(1006);
    made.connection.retry();
    await settle();
    const frames = made.sink.frames.length;
    old.open();
    old.frame(welcome("other"));
    old.frame([{ type: "mark", topic: "containers", seq: 99 }]);
    old.end(4401);
    expect(made.sink.frames).toHaveLength(frames);
    expect(made.sink.state?.phase).toBe("reconnecting");
    expect(made.network.last.sent).toEqual([]);
  });

  test("a silent socket is abandoned and closed, and another opened at once", async () => {
    const made = await connected();
    live(made, 10_000);
    const old = made.network.last;
    made.time.advance(5_100);
    await settle();
    expect(old.closedWith).not.toBeNull();
    expect(made.network.sockets).toHaveLength(2);
    made.network.last.open();
    made.network.last.frame(welcome());
    live(made, 1_000);
    expect(made.sink.quality).toMatchObject({ stalls: 1, reconnects: 1 });
  });

  test("at once when the network comes back or the page is shown", async () => {
    for (const signal of ["online", "visible"] as const) {
      const made = await connected();
      made.network.last.end(1006);
      made.signals.fire(signal);
      await settle();
      expect(made.network.sockets).toHaveLength(2);
    }
  });

  test("after a sleep", async () => {
    const made = await connected();
    live(made, 10_000);
    made.time.jump(3_600_000);
    made.time.advance(1);
    expect(made.sink.state?.phase).toBe("live");
    made.time.advance(2_001);
    await settle();
    expect(made.network.sockets).toHaveLength(2);
  });

  test("never by itself once superseded", async () => {
    const made = await connected();
    made.network.last.end(4409, "superseded");
    expect(made.sink.state).toMatchObject({ phase: "closed", reason: { code: 4409 } });
    made.time.advance(600_000);
    made.signals.fire("online");
    await settle();
    expect(made.network.sockets).toHaveLength(1);
    made.connection.retry();
    await settle();
    expect(made.network.sockets).toHaveLength(2);
  });
});

describe("signing in", () => {
  test("a token that is refused ends in sign-in, without a socket", async () => {
    const made = make();
    made.auth.prepare = REFUSED;
    made.connection.connect();
    await settle();
    expect(made.network.sockets).toHaveLength(0);
    expect(made.sink.state).toMatchObject({ phase: "signin", reason: { code: 401 } });
  });

  test("a server that can't be asked is tried again", async () => {
    const made = make();
    made.auth.prepare = { ok: false, refused: false, code: 0, message: "The server can't be reached." };
    made.connection.connect();
    await settle();
    expect(made.sink.state).toMatchObject({ phase: "reconnecting", reason: { text: "The server can't be reached." } });
    made.auth.prepare = OK;
    made.time.advance(1_000);
    await settle();
    expect(made.network.sockets).toHaveLength(1);
  });

  test("a refused upgrade: HTTP tells that the session is not valid", async () => {
    const made = make();
    made.auth.check = REFUSED;
    made.connection.connect();
    await settle();
    made.network.last.end(1006);
    expect(made.sink.state?.phase).toBe("reconnecting");
    await settle();
    expect(made.sink.state?.phase).toBe("signin");
  });

  test("a pasted token connects, a wrong one says so", async () => {
    const made = await connected();
    made.network.last.end(4401);
    made.auth.signIn = REFUSED;
    expect(await made.connection.signIn("wrong")).toEqual(REFUSED);
    expect(made.sink.state?.phase).toBe("signin");
    made.auth.signIn = OK;
    expect(await made.connection.signIn("right")).toEqual(OK);
    await settle();
    expect(made.auth.tokens).toEqual(["wrong", "right"]);
    expect(made.network.sockets).toHaveLength(2);
  });
});

describe("the end", () => {
  test("disconnect closes, and leaves nothing behind", async () => {
    const made = await connected();
    made.connection.disconnect();
    expect(made.network.last.closedWith).not.toBeNull();
    expect(made.sink.state?.phase).toBe("idle");
    expect(made.time.waiting).toBe(0);
    expect(made.signals.listening).toBe(0);
    made.connection.connect();
    await settle();
    expect(made.network.sockets).toHaveLength(2);
  });

  test("a disconnect while the session is asked for opens no socket", async () => {
    const made = make();
    made.connection.connect();
    made.connection.disconnect();
    await settle();
    expect(made.network.sockets).toHaveLength(0);
  });
});

describe("metrics", () => {
  test("a filter that changes between the hello and the welcome is sent", async () => {
    const { network, connection } = make();
    connection.connect();
    connection.setMetrics({ rows: [1] });
    await settle();
    network.last.open();
    connection.setMetrics({ rows: [2] });
    network.last.frame(welcome());
    expect(network.last.sent.filter((m) => m["topic"] === "metrics").map((m) => m["filter"])).toEqual([
      { rows: [1] },
      { rows: [2] },
    ]);
  });

  test("a filter is sent when it changes, and ended", async () => {
    const made = await connected();
    made.connection.setMetrics({ rows: [1], cols: ["cpu"] });
    made.connection.setMetrics({ rows: [2], cols: ["cpu"] });
    made.connection.setMetrics(null);
    expect(made.network.last.sent.slice(-3)).toEqual([
      { type: "sub", id: 4, topic: "metrics", filter: { rows: [1], cols: ["cpu"] } },
      { type: "sub", id: 4, topic: "metrics", filter: { rows: [2], cols: ["cpu"] } },
      { type: "unsub", id: 4 },
    ]);
  });
});

describe("topics that are followed while needed", () => {
  test("are subscribed to with the first that needs them and given up with the last", async () => {
    const made = make();
    await connected(made);
    const { connection, network, sink } = made;
    const before = network.last.sent.length;
    const first = connection.follow("volumes");
    const second = connection.follow("volumes");
    expect(network.last.sent.slice(before)).toEqual([{ type: "sub", id: 8, topic: "volumes" }]);
    first();
    first(); // twice is once
    expect(sink.follows).toEqual([["volumes", true]]);
    second();
    expect(network.last.sent.slice(before + 1)).toEqual([{ type: "unsub", id: 8 }]);
    expect(sink.follows).toEqual([
      ["volumes", true],
      ["volumes", false],
    ]);
  });

  test("go on from where they were left, and come with every later connection", async () => {
    const made = make();
    await connected(made);
    made.sink.position = { epoch: "e1", topics: { images: 4 } };
    made.connection.follow("images");
    expect(made.network.last.sent.at(-1)).toEqual({ type: "sub", id: 7, topic: "images", from: 4 });
    made.connection.disconnect();
    made.connection.follow("networks");
    await connected(made);
    const topics = made.network.last.sent.filter((m) => m["type"] === "sub").map((m) => m["topic"]);
    expect(topics).toEqual(["containers", "system", "jobs", "alerts", "events", "images", "networks"]);
  });
});
