/**
 * What is worth a notice, from one view of the store and the one before it.
 * Pure: a memory goes in and comes out. States are the server's; events only
 * say where to look.
 */
import type { Container, EngineState, Event } from "../../api/types.gen";
import type { AlertKind } from "../../components/preferences";
import type { LiveView } from "../../store/liveStore";
import type { EventRow } from "../../store/state";

export interface Alert {
  readonly kind: AlertKind;
  /** good: something that was bad is over. */
  readonly tone: "bad" | "good";
  /** The container's or the engine's. */
  readonly key: string;
  readonly name: string;
  /** What is known besides, in a sentence. */
  readonly text: string;
}

/** Three deaths within a minute that nobody asked for are a loop. */
export const LOOP_DEATHS = 3;
export const LOOP_MS = 60_000;
/** A container that goes on looping is told of again after so long. */
export const AGAIN_MS = 15 * 60_000;

export interface Memory {
  /** The last row of the feed that was looked at; null before the feed was loaded. */
  readonly lastRow: string | null;
  readonly engines: ReadonlyMap<string, EngineState>;
  /** Times of the latest deaths by container, Unix milliseconds of the engine. */
  readonly deaths: ReadonlyMap<string, readonly number[]>;
  /** When a container was last told of, by kind and key. */
  readonly told: ReadonlyMap<string, number>;
}

export const EMPTY: Memory = { lastRow: null, engines: new Map(), deaths: new Map(), told: new Map() };

type Seen = Pick<LiveView, "events" | "engines"> & {
  readonly containers: { get(key: string): { readonly container: Container } | undefined };
};

/** look compares what is known now with the memory of last time. History that was there at first is no news. */
export function look(memory: Memory, view: Seen): { memory: Memory; alerts: readonly Alert[] } {
  const alerts = engineAlerts(memory, view);
  const engines = new Map(view.engines.map((e) => [e.id, e.state]));
  if (!view.events.loaded) return { memory: { ...memory, engines }, alerts };
  const rows = view.events.rows;
  const last = rows.at(-1)?.key ?? "";
  if (last === memory.lastRow) return { memory: { ...memory, engines }, alerts };
  const deaths = new Map(memory.deaths);
  const told = new Map(memory.told);
  for (const event of news(rows, memory.lastRow)) {
    const alert = eventAlert(event, view, deaths);
    if (!alert) continue;
    const at = Date.parse(event.time);
    const id = `${alert.kind} ${alert.key}`;
    // Unhealthy, healthy, unhealthy: each is news. A loop and running out of memory repeat themselves.
    if (alert.kind !== "unhealthy" && at - (told.get(id) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS) continue;
    told.set(id, at);
    alerts.push(alert);
  }
  return { memory: { lastRow: last, engines, deaths: bounded(deaths), told: bounded(told) }, alerts };
}

/** The events after the row that was looked at last; none when that is not known any more. */
function news(rows: readonly EventRow[], lastRow: string | null): Event[] {
  if (lastRow === null) return [];
  const from = lastRow === "" ? -1 : rows.findLastIndex((r) => r.key === lastRow);
  if (from < 0 && lastRow !== "") return [];
  return rows.slice(from + 1).flatMap((r) => (r.kind === "event" ? [r.event] : []));
}

function engineAlerts(memory: Memory, view: Seen): Alert[] {
  const alerts: Alert[] = [];
  for (const e of view.engines) {
    const before = memory.engines.get(e.id);
    const base = { kind: "engine", key: e.id, name: e.name || "Docker" } as const;
    if (e.state === "unreachable" && before === "connected") alerts.push({ ...base, tone: "bad", text: e.error });
    if (e.state === "connected" && before === "unreachable") alerts.push({ ...base, tone: "good", text: "" });
  }
  return alerts;
}

function eventAlert(event: Event, view: Seen, deaths: Map<string, readonly number[]>): Alert | null {
  if (event.kind !== "container") return null;
  const key = `${event.engine}/${event.id}`;
  const c = view.containers.get(key)?.container;
  const base = { tone: "bad", key, name: c?.name ?? event.name } as const;
  switch (event.action) {
    case "health_status":
      return c?.health === "unhealthy" && event.detail === "unhealthy"
        ? { ...base, kind: "unhealthy", text: "Its health check fails." }
        : null;
    case "oom":
      return { ...base, kind: "oom", text: "The kernel killed a process of it." };
    case "die": {
      if (c?.oomKilled) return { ...base, kind: "oom", text: "The kernel killed it." };
      return died(event, key, deaths) ? { ...base, kind: "loop", text: loopText(event, c) } : null;
    }
    case "destroy":
      deaths.delete(key);
      return null;
    default:
      return null;
  }
}

/** died counts a death that nobody asked for, and tells whether it makes a loop. */
function died(event: Event, key: string, deaths: Map<string, readonly number[]>): boolean {
  if (event.by) return false;
  const at = Date.parse(event.time);
  const recent = [...(deaths.get(key) ?? []).filter((t) => at - t < LOOP_MS), at].slice(-LOOP_DEATHS);
  deaths.set(key, recent);
  return recent.length >= LOOP_DEATHS;
}

function loopText(event: Event, c: Container | undefined): string {
  const code = event.attributes["exitCode"];
  const exit = code === undefined ? "" : `, the last time with exit code ${code}`;
  const policy =
    c && c.restartPolicy !== "" && c.restartPolicy !== "no" ? ` Its restart policy is “${c.restartPolicy}”.` : "";
  return `It ended ${LOOP_DEATHS} times within a minute${exit}.${policy}`;
}

/** The memory of containers must not grow with every container there ever was. */
const REMEMBERED = 2_000;

function bounded<V>(map: Map<string, V>): ReadonlyMap<string, V> {
  for (const key of map.keys()) {
    if (map.size <= REMEMBERED) break;
    map.delete(key);
  }
  return map;
}
