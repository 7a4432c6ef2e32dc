/**
 * The last two minutes of CPU and memory of the rows on the screen: a ring a
 * container, filled from the samples as they come and, when a container is first
 * looked at, from the server's memory. No ring outlives the others by much: the
 * least looked at go first. Asking the server is done in small batches, and what
 * was scrolled away before its turn is not asked for.
 */
import type { Container, Series } from "../../api/types.gen";
import type { Timers } from "../../lib/timers";
import type { MetricsReader } from "../../store/liveStore";

/** How far back a picture goes. */
export const WINDOW_MS = 120_000;
/** Samples further apart than this have a gap between them. */
export const GAP_MS = 25_000;
const POINTS = 160;
const MOST_RINGS = 400;
/** A reading is a new one when it is so much younger than the last. */
const NEW_MS = 200;
const BATCH = 4;
const BATCH_PAUSE_MS = 400;

export type TrendMetric = "cpu" | "mem";

/** The samples of a container, the oldest first from `first` on. */
export interface Ring {
  readonly at: Float64Array;
  readonly cpu: Float32Array;
  readonly mem: Float64Array;
  /** Position of the oldest, and how many there are. */
  first: number;
  count: number;
}

export interface TrendsOptions {
  readonly metrics: MetricsReader;
  readonly timers: Timers;
  /** Monotonic milliseconds, and the server's clock. */
  now(): number;
  serverNow(): number;
  /** The past, from the server; may fail. */
  past(key: string): Promise<Series>;
}

export class Trends {
  readonly #o: TrendsOptions;
  readonly #rings = new Map<string, Ring>();
  readonly #asked = new Set<string>();
  #waiting: string[] = [];
  #stopBatch: (() => void) | null = null;

  constructor(options: TrendsOptions) {
    this.#o = options;
  }

  /** Ends what is waiting; what is under way comes to nothing. */
  close(): void {
    this.#stopBatch?.();
    this.#stopBatch = null;
    this.#waiting = [];
  }

  /** A container's ring, with its latest sample in it. */
  ring(key: string, c: Container): Ring {
    let ring = this.#rings.get(key);
    if (ring === undefined) {
      ring = newRing();
      this.#want(key);
    }
    // Put in anew, so that the least looked at stands first.
    this.#rings.delete(key);
    this.#rings.set(key, ring);
    if (this.#rings.size > MOST_RINGS) this.#forget();
    const { metrics } = this.#o;
    const age = metrics.age(c.row);
    if (age !== null && age < GAP_MS) {
      const at = this.#o.now() - age;
      const cpu = metrics.read(c.row, "cpu") ?? Number.NaN;
      push(ring, at, cpu, metrics.read(c.row, "mem") ?? Number.NaN);
    }
    return ring;
  }

  #forget(): void {
    const [oldest] = this.#rings.keys();
    if (oldest === undefined) return;
    this.#rings.delete(oldest);
    this.#asked.delete(oldest);
  }

  #want(key: string): void {
    if (this.#asked.has(key)) return;
    this.#waiting.push(key);
    // More than a screenful waits only while somebody scrolls on.
    if (this.#waiting.length > 60) this.#waiting.shift();
    this.#stopBatch ??= this.#o.timers.after(BATCH_PAUSE_MS, () => this.#batch());
  }

  #batch(): void {
    this.#stopBatch = null;
    for (const key of this.#waiting.splice(-BATCH)) {
      if (!this.#rings.has(key)) continue; // forgotten before its turn
      this.#asked.add(key);
      this.#o.past(key).then(
        (series) => this.#fill(key, series),
        // A server without a memory: the ring fills as samples come.
        () => {},
      );
    }
    if (this.#waiting.length > 0) this.#stopBatch = this.#o.timers.after(BATCH_PAUSE_MS, () => this.#batch());
  }

  #fill(key: string, series: Series): void {
    const ring = this.#rings.get(key);
    if (!ring) return;
    const since = ring.count > 0 ? (ring.at[ring.first] ?? 0) : this.#o.now();
    const later = samplesOf(ring);
    ring.first = 0;
    ring.count = 0;
    const offset = this.#o.now() - this.#o.serverNow();
    series.at.forEach((at, i) => {
      const local = at + offset;
      if (local >= since - NEW_MS || local < this.#o.now() - WINDOW_MS) return;
      push(ring, local, series.cols["cpu"]?.[i] ?? Number.NaN, series.cols["mem"]?.[i] ?? Number.NaN);
    });
    for (const s of later) push(ring, s.at, s.cpu, s.mem);
  }
}

function newRing(): Ring {
  return {
    at: new Float64Array(POINTS),
    cpu: new Float32Array(POINTS),
    mem: new Float64Array(POINTS),
    first: 0,
    count: 0,
  };
}

export function push(ring: Ring, at: number, cpu: number, mem: number): void {
  const last = (ring.first + ring.count - 1) % POINTS;
  if (ring.count > 0 && at - (ring.at[last] ?? 0) < NEW_MS) return;
  const next = (ring.first + ring.count) % POINTS;
  ring.at[next] = at;
  ring.cpu[next] = cpu;
  ring.mem[next] = mem;
  if (ring.count < POINTS) ring.count++;
  else ring.first = (ring.first + 1) % POINTS;
}

interface Sample {
  at: number;
  cpu: number;
  mem: number;
}

export function samplesOf(ring: Ring): Sample[] {
  return Array.from({ length: ring.count }, (_, i) => {
    const at = (ring.first + i) % POINTS;
    return { at: ring.at[at] ?? 0, cpu: ring.cpu[at] ?? Number.NaN, mem: ring.mem[at] ?? Number.NaN };
  });
}
