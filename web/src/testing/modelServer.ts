/**
 * A server made of plain maps and lists, after docs/protocol.md: slow and
 * obvious, so that the client can be compared with it.
 */
import type { SequencedTopic, ServerMessage } from "../api/messages";
import type { Alert, Container, Event, Filter, Hello, Job, MetricsColumn, Sub } from "../api/types.gen";
import type { FakeSocket } from "../transport/fakeSocket";
import { alert, container, engine, event, job, keyOf, volume, welcome } from "./samples";

/** Positions further back than this have left the ring. */
const RING = 6;
const PAGE = 2;

type Resources = Record<string, Record<string, unknown>>;

type History = Record<Exclude<SequencedTopic, "events">, Resources[]>;

function blankHistory(): History {
  return { containers: [{}], system: [{}], jobs: [{}], images: [{}], volumes: [{}], networks: [{}], alerts: [{}] };
}

interface Feed {
  id: number;
  pos: number;
  /** The pages of a snapshot under way, and where it ends. */
  pages: { items: unknown[][]; next: number; seq: number; count: number } | null;
  /** A delta was lost: a mark now would hide it, which no connection can do. */
  lossy: boolean;
}

interface Cells {
  cpu: number | null;
  mem: number | null;
  rx: number | null;
}

/** What the server keeps of one connection. */
class Session {
  readonly socket: FakeSocket;
  readonly feeds = new Map<SequencedTopic, Feed>();
  /** Topics that were subscribed to before: the hello's position was offered once. */
  readonly used = new Set<SequencedTopic>();
  hello: Hello | null = null;
  filter: Filter | null = null;
  /** Cells the client has, by row. */
  readonly has = new Map<number, Partial<Cells>>();
  read = 0;
  last: string | null = null;

  constructor(socket: FakeSocket) {
    this.socket = socket;
  }
}

export class ModelServer {
  epoch = 1;
  readonly containers = new Map<string, Container>();
  readonly samples = new Map<number, Cells>();
  readonly events: Event[] = [];
  #history = blankHistory();
  #row = 0;
  #tick = 0;
  /** At which tick each cell last changed, by row. */
  readonly #changedAt = new Map<number, Partial<Record<keyof Cells, number>>>();
  #session: Session | null = null;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  // What happens on the engine.

  put(id: string, change: Partial<Container>): void {
    const key = keyOf(id);
    const old = this.containers.get(key);
    this.containers.set(key, { ...(old ?? container(id, ++this.#row)), ...change });
    this.#record("containers", Object.fromEntries(this.containers));
  }

  remove(id: string): void {
    const old = this.containers.get(keyOf(id));
    if (!old) return;
    this.containers.delete(keyOf(id));
    this.samples.delete(old.row);
    this.#record("containers", Object.fromEntries(this.containers));
  }

  engineState(resyncs: number): void {
    const item = { key: "e", engine: engine({ resyncs, state: resyncs % 2 ? "unreachable" : "connected" }) };
    this.#record("system", { e: item });
  }

  /** A job of so many items gets on by one, from the beginning when it has ended. */
  workOn(items: number): void {
    const before = this.#history.jobs.at(-1)?.["j-1"] as Job | undefined;
    const next = before && before.next < items ? before.next + 1 : 0;
    this.#record("jobs", { "j-1": job(items, next) });
  }

  jobs(): unknown[] {
    return Object.values(this.#history.jobs.at(-1) ?? {});
  }

  /** A volume with so many labels; none: it is removed. */
  volume(name: string, labels: number): void {
    const before = this.#history.volumes.at(-1) ?? {};
    const { [keyOf(name)]: _, ...others } = before;
    const labelled = Object.fromEntries(Array.from({ length: labels }, (_, i) => [`l${i}`, "1"]));
    this.#record("volumes", labels === 0 ? others : { ...others, [keyOf(name)]: volume(name, { labels: labelled }) });
  }

  volumes(): unknown {
    return this.#history.volumes.at(-1) ?? {};
  }

  /** An alert in this state; none: it is gone from the topic. */
  alert(id: string, state: Alert["state"] | null): void {
    const before = this.#history.alerts.at(-1) ?? {};
    const { [keyOf(id)]: _, ...others } = before;
    this.#record("alerts", state === null ? others : { ...others, [keyOf(id)]: alert(id, { state }) });
  }

  alerts(): unknown {
    return this.#history.alerts.at(-1) ?? {};
  }

  emit(): void {
    this.events.push(event(this.events.length + 1));
  }

  measure(row: number, cells: Cells): void {
    if (![...this.containers.values()].some((c) => c.row === row)) return;
    const before = this.samples.get(row);
    const at = { ...this.#changedAt.get(row) };
    this.#tick++;
    for (const name of Object.keys(cells) as (keyof Cells)[]) {
      if (before?.[name] !== cells[name]) at[name] = this.#tick;
    }
    this.#changedAt.set(row, at);
    this.samples.set(row, cells);
  }

  /** Another life: nothing of the old positions and rows means anything. */
  restart(): void {
    this.epoch++;
    this.#row = 0;
    this.samples.clear();
    this.#changedAt.clear();
    this.#tick = 0;
    this.events.length = 0;
    const rows = [...this.containers.values()].reverse();
    this.containers.clear();
    this.#history = blankHistory();
    for (const c of rows) this.put(c.id, { ...c, row: ++this.#row });
    this.engineState(0);
  }

  // What happens on the wire.

  accept(socket: FakeSocket): void {
    this.#session = new Session(socket);
    socket.open();
    this.listen();
  }

  /** Reads what the client has said since. */
  listen(): void {
    const s = this.#session;
    if (!s) return;
    for (; s.read < s.socket.sent.length; s.read++) {
      const m = s.socket.sent[s.read] as { type: string; n: number; id: number };
      if (m.type === "hello") this.#hello(s, m as unknown as Hello);
      else if (m.type === "sub") this.#sub(s, m as unknown as Sub);
      else if (m.type === "unsub") {
        for (const [topic, feed] of s.feeds) if (feed.id === m.id) s.feeds.delete(topic);
      } else if (m.type === "ping") this.#say(s, { type: "pong", n: m.n });
    }
  }

  /**
   * Brings a topic forward by one step: a page of a snapshot, or the delta since.
   * A delta may be lost, as if the server had a bug: the client has to notice.
   */
  push(topic: SequencedTopic, lose = false): void {
    const s = this.#session;
    const feed = s?.feeds.get(topic);
    if (!s || !feed) return;
    if (lose && feed.pages) return;
    const messages = feed.pages ? this.#page(topic, feed) : this.#changes(topic, feed);
    if (messages.length === 0) return;
    if (lose) feed.lossy = true;
    else this.#say(s, ...messages);
  }

  /** Everything there is to say about a topic. */
  flush(topic: SequencedTopic): void {
    for (let i = 0; i < 1_000 && this.#behind(topic); i++) this.push(topic);
  }

  resync(topic: SequencedTopic): void {
    const s = this.#session;
    const feed = s?.feeds.get(topic);
    if (!s || !feed) return;
    const lost = topic === "events" ? { lost: { from: feed.pos, to: this.#seq("events") } } : {};
    this.#say(s, { type: "resync", topic, reason: "slow", ...lost });
    this.#begin(topic, feed);
  }

  mark(topic: SequencedTopic): void {
    const s = this.#session;
    const feed = s?.feeds.get(topic);
    if (s && feed && !feed.pages && !feed.lossy) this.#say(s, { type: "mark", topic, seq: feed.pos });
  }

  /** A metrics frame with the cells that the client does not have. */
  sample(): void {
    const s = this.#session;
    if (!s?.filter) return;
    const { filter } = s;
    const due = [...this.samples.keys()].filter((row) => filter.all || filter.rows?.includes(row));
    const rows = due.filter((row) => this.#changed(s, row).length > 0);
    const cols: Record<string, MetricsColumn> = {};
    rows.forEach((row, i) => {
      for (const [name, value] of this.#changed(s, row)) {
        cols[name] ??= { i: [], v: [] };
        cols[name].i?.push(i);
        cols[name].v.push(value);
      }
    });
    for (const row of rows) s.has.set(row, { ...(this.samples.get(row) as Cells) });
    this.#say(s, { type: "metrics", topic: "metrics", seq: ++this.#tick, at: 1e12 + this.#now(), rows, cols });
  }

  repeat(): void {
    if (this.#session?.last) this.#session.socket.frame(this.#session.last);
  }

  garbage(text: string): void {
    // What is said outside a snapshot's frames must not end in one of ours.
    this.#session?.socket.frame(text);
  }

  cut(code: number): void {
    const s = this.#session;
    this.#session = null;
    s?.socket.end(code);
  }

  /** GET /api/v1/sync: the answer's text, or null for 410. */
  sync(query: URLSearchParams): string | null {
    const seqs = query.getAll("seq");
    const messages: ServerMessage[] = [];
    for (const [i, topic] of query.getAll("topic").entries()) {
      const seq = seqs[i] === undefined || seqs[i] === "" ? null : Number(seqs[i]);
      if (seq !== null && query.get("epoch") !== `e${this.epoch}`) return null;
      if (topic === "metrics") {
        if ((seq ?? 0) > this.#tick) return null;
        messages.push(this.#polledMetrics(query.get("rows") ?? "", seq ?? 0));
        continue;
      }
      const part = this.#polled(topic as SequencedTopic, seq);
      if (!part) return null;
      messages.push(...part);
    }
    return JSON.stringify({ epoch: `e${this.epoch}`, time: "2026-11-23T14:02:07Z", messages });
  }

  get connected(): boolean {
    return this.#session !== null;
  }

  // How it does so.

  #say(s: Session, ...messages: ServerMessage[]): void {
    const text = JSON.stringify(messages.length === 1 ? messages[0] : messages);
    s.last = text;
    s.socket.frame(text);
  }

  #record(topic: keyof History, resources: object): void {
    this.#history[topic].push(structuredClone(resources) as Resources);
  }

  #seq(topic: SequencedTopic): number {
    return topic === "events" ? this.events.length : this.#history[topic].length - 1;
  }

  #inRing(topic: SequencedTopic, pos: number): boolean {
    return pos <= this.#seq(topic) && pos >= this.#seq(topic) - RING;
  }

  #polled(topic: SequencedTopic, seq: number | null): ServerMessage[] | null {
    const feed: Feed = { id: 0, pos: seq ?? 0, pages: null, lossy: false };
    if (seq === null) this.#begin(topic, feed);
    else if (!this.#inRing(topic, seq)) return null;
    else if (seq === this.#seq(topic)) return [{ type: "mark", topic, seq }];
    const out = feed.pages ? [] : this.#changes(topic, feed);
    while (feed.pages) out.push(...this.#page(topic, feed));
    return out;
  }

  #polledMetrics(wanted: string, since: number): ServerMessage {
    const all = wanted === "all";
    const asked = wanted.split(",").map(Number);
    const rows = [...this.samples.keys()].filter((row) => all || asked.includes(row));
    const cols: Record<string, MetricsColumn> = {};
    rows.forEach((row, i) => {
      for (const [name, value] of Object.entries(this.samples.get(row) ?? {})) {
        if ((this.#changedAt.get(row)?.[name as keyof Cells] ?? 0) <= since) continue;
        cols[name] ??= { i: [], v: [] };
        cols[name].i?.push(i);
        cols[name].v.push(value as number | null);
      }
    });
    return { type: "metrics", topic: "metrics", seq: this.#tick, at: 1e12 + this.#now(), rows, cols };
  }

  #hello(s: Session, hello: Hello): void {
    s.hello = hello;
    this.#say(s, welcome(`e${this.epoch}`));
  }

  #sub(s: Session, m: Sub): void {
    if (m.topic === "logs") return;
    if (m.topic === "metrics") {
      const { filter } = m;
      for (const row of [...s.has.keys()]) if (!filter?.all && !filter?.rows?.includes(row)) s.has.delete(row);
      s.filter = filter ?? null;
      this.#say(s, { type: "subbed", id: m.id, topic: "metrics", recovered: false, seq: this.#tick });
      return;
    }
    const used = s.used.has(m.topic);
    const feed: Feed = { id: m.id, pos: 0, pages: null, lossy: false };
    s.used.add(m.topic);
    s.feeds.set(m.topic, feed);
    const resume = s.hello?.resume;
    const from = resume?.epoch === `e${this.epoch}` ? resume.topics[m.topic] : undefined;
    const at = m.from ?? (used ? undefined : from);
    const recovered = at !== undefined && this.#inRing(m.topic, at);
    if (recovered) feed.pos = at;
    else this.#begin(m.topic, feed);
    this.#say(s, { type: "subbed", id: m.id, topic: m.topic, recovered, seq: this.#seq(m.topic) });
  }

  #begin(topic: SequencedTopic, feed: Feed): void {
    const seq = this.#seq(topic);
    const all = topic === "events" ? this.events.slice(-4) : Object.values(this.#history[topic][seq] ?? {});
    const items: unknown[][] = [];
    for (let i = 0; i < all.length; i += PAGE) items.push(all.slice(i, i + PAGE));
    feed.pages = { items, next: 0, seq, count: all.length };
    feed.lossy = false;
    feed.pos = seq;
  }

  #page(topic: SequencedTopic, feed: Feed): ServerMessage[] {
    const { pages } = feed;
    if (!pages) return [];
    if (pages.next < pages.items.length) {
      const page = pages.next++;
      return [{ type: "snap", topic, page, items: pages.items[page] ?? [] } as ServerMessage];
    }
    feed.pages = null;
    return [{ type: "snapEnd", topic, seq: pages.seq, count: pages.count }];
  }

  #changes(topic: SequencedTopic, feed: Feed): ServerMessage[] {
    const seq = this.#seq(topic);
    const from = feed.pos;
    if (seq === from) return [];
    if (!this.#inRing(topic, from)) {
      this.#begin(topic, feed);
      return [{ type: "resync", topic, reason: "burst" }];
    }
    feed.pos = seq;
    if (topic === "events") {
      return [{ type: "delta", topic, from, seq, added: this.events.slice(from) }];
    }
    const history = this.#history[topic];
    return [
      { type: "delta", topic, from, seq, ...difference(history[from] ?? {}, history[seq] ?? {}) } as ServerMessage,
    ];
  }

  #behind(topic: SequencedTopic): boolean {
    const feed = this.#session?.feeds.get(topic);
    return feed !== undefined && (feed.pages !== null || feed.pos !== this.#seq(topic));
  }

  #changed(s: Session, row: number): [keyof Cells, number | null][] {
    const now = this.samples.get(row);
    const has = s.has.get(row) ?? {};
    if (!now) return [];
    return (Object.keys(now) as (keyof Cells)[]).filter((c) => now[c] !== has[c]).map((c) => [c, now[c]]);
  }
}

/** difference is a delta's content: whole for what is new, fields for what changed. */
function difference(before: Resources, after: Resources): object {
  const added: unknown[] = [];
  const changed: Record<string, { set: Record<string, unknown> }> = {};
  for (const [key, now] of Object.entries(after)) {
    const old = before[key];
    if (!old || old["row"] !== now["row"]) {
      added.push(now);
      continue;
    }
    const set = Object.fromEntries(
      Object.entries(now).filter(([k, v]) => JSON.stringify(v) !== JSON.stringify(old[k])),
    );
    if (Object.keys(set).length > 0) changed[key] = { set };
  }
  return { added, changed, removed: Object.keys(before).filter((key) => !(key in after)) };
}
