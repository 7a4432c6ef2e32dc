/** Reads the engine's inspect document, which is its own business: whatever is missing or of another shape is left out. */
import { isObject, type Json } from "../../../api/check";

export type Document = Json;

/** What stands at a path, undefined where there is nothing. */
export function at(doc: unknown, ...path: readonly string[]): unknown {
  let here: unknown = doc;
  for (const name of path) {
    if (!isObject(here)) return undefined;
    here = here[name];
  }
  return here;
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

export function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((v) => typeof v === "string") : [];
}

function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export interface Mount {
  readonly type: string;
  /** A volume's name, or a path of the host. */
  readonly source: string;
  /** Where a volume really is. */
  readonly path: string;
  readonly destination: string;
  readonly writable: boolean;
  readonly mode: string;
}

export function mountsOf(doc: Document): Mount[] {
  return objects(doc["Mounts"])
    .map((m) => ({
      type: text(m["Type"]),
      source: text(m["Name"]) || text(m["Source"]),
      path: text(m["Source"]),
      destination: text(m["Destination"]),
      writable: m["RW"] === true,
      mode: text(m["Mode"]),
    }))
    .sort((a, b) => (a.destination < b.destination ? -1 : 1));
}

export interface Network {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly gateway: string;
  readonly mac: string;
  readonly aliases: readonly string[];
}

export function networksOf(doc: Document): Network[] {
  const networks = at(doc, "NetworkSettings", "Networks");
  if (!isObject(networks)) return [];
  return Object.keys(networks)
    .sort()
    .map((name) => {
      const n = networks[name];
      const v4 = withPrefix(text(at(n, "IPAddress")), number(at(n, "IPPrefixLen")));
      const v6 = withPrefix(text(at(n, "GlobalIPv6Address")), number(at(n, "GlobalIPv6PrefixLen")));
      return {
        name,
        addresses: [v4, v6].filter((a) => a !== ""),
        gateway: text(at(n, "Gateway")),
        mac: text(at(n, "MacAddress")),
        aliases: texts(at(n, "Aliases")),
      };
    });
}

function withPrefix(address: string, length: number | null): string {
  return address === "" || !length ? address : `${address}/${length}`;
}

export interface HealthCheck {
  readonly start: string;
  /** How long it took; null where the times can't be read. */
  readonly milliseconds: number | null;
  readonly exitCode: number | null;
  readonly output: string;
}

export interface HealthFacts {
  readonly test: string;
  readonly failingStreak: number;
  /** Newest first. */
  readonly log: readonly HealthCheck[];
}

/** The health check with its last runs; null where there is none. */
export function healthOf(doc: Document): HealthFacts | null {
  const health = at(doc, "State", "Health");
  // Podman has the record of a check also where there is none.
  if (!isObject(health) || health["Status"] === "" || health["Status"] === "none") return null;
  const log = objects(health["Log"]).map((l) => {
    const took = Date.parse(text(l["End"])) - Date.parse(text(l["Start"]));
    return {
      start: text(l["Start"]),
      milliseconds: Number.isNaN(took) ? null : took,
      exitCode: number(l["ExitCode"]),
      output: text(l["Output"]),
    };
  });
  return {
    test: testText(texts(at(doc, "Config", "Healthcheck", "Test"))),
    failingStreak: number(health["FailingStreak"]) ?? 0,
    log: log.reverse(),
  };
}

/** ["CMD-SHELL", "curl …"] is how the engine writes a command for a shell. */
function testText(test: readonly string[]): string {
  return test[0] === "CMD" || test[0] === "CMD-SHELL" ? commandText(test.slice(1)) : commandText(test);
}

/** A command as somebody would type it: words with blanks or quotes in them are quoted. */
export function commandText(words: readonly string[]): string {
  if (words.length === 1) return words[0] ?? "";
  return words.map((w) => (/^[\w@%+=:,./-]+$/.test(w) ? w : `'${w.replaceAll("'", `'\\''`)}'`)).join(" ");
}

export interface EnvEntry {
  readonly name: string;
  /** Whether there is a value to reveal at all. */
  readonly set: boolean;
}

/** The names of the environment; the values are masked in this document. */
export function envOf(doc: Document): EnvEntry[] {
  return texts(at(doc, "Config", "Env")).map((line) => {
    const equals = line.indexOf("=");
    return equals < 0 ? { name: line, set: false } : { name: line.slice(0, equals), set: line.length > equals + 1 };
  });
}

export interface Limit {
  readonly name: string;
  readonly value: { readonly bytes: number } | { readonly text: string };
}

/** What the container may use, where something is limited. */
export function limitsOf(doc: Document): Limit[] {
  const host = at(doc, "HostConfig");
  const out: Limit[] = [];
  const bytes = (name: string, key: string) => {
    const value = number(at(host, key));
    if (value !== null && value > 0) out.push({ name, value: { bytes: value } });
  };
  const add = (name: string, value: string) => {
    if (value !== "") out.push({ name, value: { text: value } });
  };
  add("CPU", cpuText(host));
  add("CPUs allowed", text(at(host, "CpusetCpus")));
  const shares = number(at(host, "CpuShares"));
  if (shares !== null && shares > 0) add("CPU shares", `${shares} (1024 is usual)`);
  bytes("Memory", "Memory");
  bytes("Memory reservation", "MemoryReservation");
  const swap = number(at(host, "MemorySwap"));
  if (swap === -1) add("Memory and swap", "unlimited");
  else bytes("Memory and swap", "MemorySwap");
  const pids = number(at(host, "PidsLimit"));
  if (pids !== null && pids > 0) add("Processes and threads", String(pids));
  if (at(host, "OomKillDisable") === true) add("OOM killer", "off for this container");
  return out;
}

function cpuText(host: unknown): string {
  const nano = number(at(host, "NanoCpus")) ?? 0;
  const quota = number(at(host, "CpuQuota")) ?? 0;
  const period = number(at(host, "CpuPeriod")) || 100_000;
  const cores = nano > 0 ? nano / 1e9 : quota > 0 ? quota / period : 0;
  return cores === 0 ? "" : `${Number(cores.toFixed(3))} ${cores === 1 ? "core" : "cores"}`;
}
