/** What fires now and nobody looks after yet, counted: for the navigation, the rows of containers and the tray. Pure. */
import type { Alert, AlertSeverity } from "../api/types.gen";
import type { Keyed } from "../lib/keyed";
import type { ResourceTable } from "./resourceTable";

/** How many fire for something, and how bad the worst is. */
export interface Firing {
  readonly count: number;
  readonly worst: AlertSeverity;
}

interface Index {
  readonly all: Firing | null;
  /** By ENGINE/CONTAINER. */
  readonly containers: ReadonlyMap<string, Firing>;
}

const RANK: Readonly<Record<AlertSeverity, number>> = { info: 0, warning: 1, critical: 2 };

// Tables are immutable: each is counted once, however many rows ask.
const indexes = new WeakMap<Keyed<Alert>, Index>();

/** Whether somebody should look: it fires, and nobody acknowledged or snoozed it. */
export function isFiring(a: Alert): boolean {
  return a.state === "firing" && a.acknowledged === null && a.snoozed === null;
}

function indexOf({ entries }: ResourceTable<Alert>): Index {
  let index = indexes.get(entries);
  if (index === undefined) {
    let all: Firing | null = null;
    const containers = new Map<string, Firing>();
    for (const a of entries.values()) {
      if (!isFiring(a)) continue;
      all = more(all, a.severity);
      if (a.container === "") continue;
      const key = `${a.engine}/${a.container}`;
      containers.set(key, more(containers.get(key) ?? null, a.severity));
    }
    index = { all, containers };
    indexes.set(entries, index);
  }
  return index;
}

function more(f: Firing | null, severity: AlertSeverity): Firing {
  if (f === null) return { count: 1, worst: severity };
  return { count: f.count + 1, worst: RANK[severity] > RANK[f.worst] ? severity : f.worst };
}

/** Null where nothing fires. */
export function firingOf(alerts: ResourceTable<Alert>): Firing | null {
  return indexOf(alerts).all;
}

export function firingFor(alerts: ResourceTable<Alert>, containerKey: string): Firing | null {
  return indexOf(alerts).containers.get(containerKey) ?? null;
}
