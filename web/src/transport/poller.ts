/**
 * One poll: what to ask GET /api/v1/sync for, and what the answer is for the
 * reducer. It keeps the positions of the metrics, which only the polls have;
 * those of the topics are the sink's.
 */
import { isObject } from "../api/check";
import { ApiError } from "../api/client";
import type { SequencedTopic, ServerMessage } from "../api/messages";
import type { Filter, MetricsFrame, Resume } from "../api/types.gen";
import type { Authenticator } from "./auth";
import { decodeMessages } from "./decode";

/** GET /api/v1/sync; the answer's text, or an ApiError. */
export type SyncRequest = (query: URLSearchParams) => Promise<string>;

/** An answer, checked. */
export interface Polled {
  readonly epoch: string;
  /** The server's clock as it answered, Unix milliseconds. */
  readonly time: number;
  /** The topics asked for; true for those that go on from our position. */
  readonly topics: readonly (readonly [topic: SequencedTopic, resumed: boolean])[];
  readonly messages: readonly ServerMessage[];
  /** Which metrics were asked for, null for none. */
  readonly filter: Filter | null;
}

export interface PollAnswer {
  readonly polled: Polled;
  readonly malformed: number;
  readonly bytes: number;
  /** How long the answer took. */
  readonly ms: number;
}

/** Why there is no answer: the HTTP status, 0 where the server was not reached. */
export interface PollFailure {
  readonly code: number;
  readonly text: string;
  /** It was the link's token that was refused. */
  readonly link?: boolean;
}

export type PollResult = ({ readonly ok: true } & PollAnswer) | { readonly ok: false; readonly failure: PollFailure };

/** Where a poll goes on from, and which metrics are wanted. */
export interface PollFrom {
  readonly resume: Resume | null;
  readonly filter: Filter | null;
}

export interface PollerOptions {
  readonly request: SyncRequest;
  readonly now: () => number;
  readonly topics: () => readonly SequencedTopic[];
  readonly lastEvents: number;
}

/** Beyond so many rows the address gets too long for proxies: all of them, then. */
const MAX_ROWS = 400;

/** Where the metrics of some rows stand: a position means nothing for other rows, columns or epochs. */
interface Reached {
  readonly key: string;
  readonly seq: number;
}

export class Poller {
  readonly #o: PollerOptions;
  /** Topics whose position is not believed any more. */
  readonly #anew = new Set<string>();
  #rows: Reached | null = null;
  #all: Reached | null = null;
  #allAt = Number.NEGATIVE_INFINITY;

  constructor(options: PollerOptions) {
    this.#o = options;
  }

  /** begin forgets what was polled before: something else has carried the data since. */
  begin(): void {
    this.#anew.clear();
    this.#rows = null;
    this.#all = null;
    this.#allAt = Number.NEGATIVE_INFINITY;
  }

  /** These did not fit: the next poll asks for them without a position. */
  distrust(topics: readonly string[]): void {
    for (const topic of topics) this.#anew.add(topic);
  }

  /**
   * ask polls, signing in first where a token waits. from is called when that is
   * done; null gives up. It never throws.
   */
  async ask(auth: Pick<Authenticator, "prepare">, from: () => PollFrom | null): Promise<PollResult> {
    const ready = await auth.prepare();
    if (!ready.ok) {
      const failure = { code: ready.refused ? 401 : 0, text: ready.message };
      return { ok: false, failure: ready.link ? { ...failure, link: true } : failure };
    }
    const at = from();
    if (!at) return { ok: false, failure: { code: 0, text: "" } };
    try {
      return { ok: true, ...(await this.#poll(at)) };
    } catch (err) {
      const text = err instanceof Error ? err.message : String(err);
      return { ok: false, failure: { code: err instanceof ApiError ? err.status : 0, text } };
    }
  }

  /** poll asks once; and once more, without positions, where they can't be continued. */
  async #poll({ resume, filter }: PollFrom): Promise<PollAnswer> {
    try {
      return await this.#ask(resume, filter);
    } catch (err) {
      if (!(err instanceof ApiError) || err.status !== 410) throw err;
      this.begin();
      return await this.#ask(null, filter);
    }
  }

  async #ask(resume: Resume | null, wanted: Filter | null): Promise<PollAnswer> {
    const { now, request, lastEvents } = this.#o;
    const query = new URLSearchParams();
    const topics = this.#o.topics().map((topic) => {
      const seq = this.#anew.has(topic) ? undefined : resume?.topics[topic];
      query.append("topic", topic);
      query.append("seq", seq === undefined ? "" : String(seq));
      return [topic, seq !== undefined] as const;
    });
    query.set("last", String(lastEvents));
    const epoch = resume?.epoch ?? "";
    const metrics = this.#metrics(epoch, wanted, query);
    if (query.getAll("seq").some((seq) => seq !== "")) query.set("epoch", epoch);
    const sent = now();
    const text = await request(query);
    const ms = Math.max(0, now() - sent);
    const { polled, malformed } = read(text, topics, metrics?.filter ?? null);
    this.#took(polled, metrics);
    return { polled, malformed, bytes: text.length, ms };
  }

  /** metrics adds what is wanted to the query: the rows looked at, and now and then all of them. */
  #metrics(epoch: string, wanted: Filter | null, query: URLSearchParams): { filter: Filter; key: string } | null {
    if (!wanted) return null;
    const rows = wanted.rows ?? [];
    const rest = wanted.restEveryMs ?? 0;
    const all = wanted.all || rows.length > MAX_ROWS || (rest > 0 && this.#o.now() - this.#allAt >= rest);
    if (!all && rows.length === 0) return null;
    const cols = wanted.cols ?? [];
    const key = JSON.stringify([epoch, cols, all ? "all" : rows]);
    const reached = all ? this.#all : this.#rows;
    query.append("topic", "metrics");
    query.append("seq", reached?.key === key ? String(reached.seq) : "");
    query.set("rows", all ? "all" : rows.join(","));
    if (cols.length > 0) query.set("cols", cols.join(","));
    return { filter: all ? { cols, all: true } : { cols, rows: [...rows] }, key };
  }

  #took(polled: Polled, metrics: { filter: Filter; key: string } | null): void {
    for (const [topic, resumed] of polled.topics) {
      // A message that could not be read: what we have is right, but the position leads nowhere.
      if (positionOf(polled.messages, topic) === undefined) this.#anew.add(topic);
      else if (!resumed) this.#anew.delete(topic);
    }
    const frame = polled.messages.find((m): m is MetricsFrame => m.type === "metrics");
    if (!metrics) return;
    const reached = frame ? { key: metrics.key, seq: frame.seq } : null;
    if (!metrics.filter.all) {
      this.#rows = reached;
      return;
    }
    this.#all = reached;
    this.#allAt = this.#o.now();
  }
}

/** Where a topic stands after these messages; undefined when they don't tell. */
export function positionOf(messages: readonly ServerMessage[], topic: SequencedTopic): number | undefined {
  let seq: number | undefined;
  for (const m of messages) {
    if ((m.type === "delta" || m.type === "mark" || m.type === "snapEnd") && m.topic === topic) seq = m.seq;
  }
  return seq;
}

function read(text: string, topics: Polled["topics"], filter: Filter | null): { polled: Polled; malformed: number } {
  let value: unknown = null;
  try {
    value = JSON.parse(text);
  } catch {
    // Told below, as every other answer that is none.
  }
  const epoch = isObject(value) ? value["epoch"] : null;
  const time = isObject(value) ? Date.parse(String(value["time"])) : Number.NaN;
  const list = isObject(value) ? value["messages"] : null;
  if (typeof epoch !== "string" || !Number.isFinite(time) || !Array.isArray(list)) {
    throw new ApiError(0, "The server's answer could not be read.", null);
  }
  const { messages, malformed } = decodeMessages(list);
  return { polled: { epoch, time, topics, messages, filter }, malformed };
}
