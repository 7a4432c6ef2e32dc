/** The words of the filter language: its fields, its metrics, and what they take. */

export const FIELDS = [
  "state",
  "health",
  "project",
  "service",
  "image",
  "name",
  "id",
  "engine",
  "label",
  "port",
  "network",
  "exit",
  "is",
] as const;
export type Field = (typeof FIELDS)[number];

/** What a metric's figure is: how it is written, and how it is read. */
export type Unit = "percent" | "bytes" | "rate" | "count" | "duration";

export const METRICS = {
  cpu: "percent",
  mem: "bytes",
  net: "rate",
  rx: "rate",
  tx: "rate",
  disk: "rate",
  read: "rate",
  write: "rate",
  pids: "count",
  restarts: "count",
  uptime: "duration",
} as const satisfies Record<string, Unit>;
export type Metric = keyof typeof METRICS;

/** What each word looks for, for the completion. */
export const MEANINGS: Readonly<Record<Field | Metric, string>> = {
  state: "what the engine says it is doing",
  health: "verdict of its health check",
  project: "Compose project",
  service: "Compose service",
  image: "part of the image",
  name: "part of the name; ~ begins a regular expression",
  id: "beginning of the id",
  engine: "the engine it runs in",
  label: "a label, or a label=value",
  port: "published or exposed port, or a range",
  network: "part of a network's name",
  exit: "exit code of the last run",
  is: "unhealthy, failed, oom, looping, running, stopped",
  cpu: "CPU in percent, as the table shows it: cpu>50",
  mem: "memory: mem>=200MB, or of the limit: mem>80%",
  net: "network in and out: net>1MB/s",
  rx: "network in: rx>100kB/s",
  tx: "network out: tx>100kB/s",
  disk: "disk read and written: disk>1MB/s",
  read: "disk read: read>1MB/s",
  write: "disk written: write>1MB/s",
  pids: "processes and threads: pids>100",
  restarts: "restarts by its policy: restarts>3",
  uptime: "how long it has been up: uptime<5m",
};

export const STATES = ["created", "running", "paused", "restarting", "removing", "exited", "dead"] as const;
export const HEALTHS = ["healthy", "unhealthy", "starting", "none"] as const;
export const CONDITIONS = ["unhealthy", "failed", "oom", "looping", "running", "stopped"] as const;
export type Condition = (typeof CONDITIONS)[number];

const WORDS: readonly string[] = [...FIELDS, ...Object.keys(METRICS)];

/** The word that somebody who typed another one may have meant. */
export function nearestWord(word: string): string | null {
  const most = word.length >= 6 ? 2 : 1;
  let best: string | null = null;
  let least = most + 1;
  for (const known of WORDS) {
    const d = distance(word, known);
    if (d < least) {
      least = d;
      best = known;
    }
  }
  return best;
}

/** Levenshtein's distance, of short words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1]);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
