/** Keyed topics: how snapshots and deltas change their entries. */
import { conform } from "../api/check";
import type { DeltaMessage } from "../api/messages";
import type { Alert, Container, Diff, Image, Job, Network, SystemItem, Volume } from "../api/types.gen";
import { Keyed } from "../lib/keyed";
import type { ContainerEntry, KeyedTopic } from "./state";
import type { Context } from "./step";

type DeltaOf<T> = Extract<DeltaMessage, { topic: T }>;

export function containerKey(c: Container): string {
  return `${c.engine}/${c.id}`;
}

/**
 * replaceContainers swaps a whole snapshot in. What is the same as before stays
 * the same object, so that rows that did not change are not drawn again.
 */
export function replaceContainers(
  topic: KeyedTopic<Container, ContainerEntry>,
  epoch: string | null,
  context: Context,
): Keyed<ContainerEntry> {
  const draft = Keyed.empty<ContainerEntry>().edit();
  for (const container of topic.staged) {
    const key = containerKey(container);
    draft.set(key, entry(key, container, topic.entries.get(key), context.now, topic.epoch !== null));
  }
  const next = draft.done();
  // Only the rows of containers that went: a metrics frame may be ahead of the
  // snapshot and have brought cells of one that we shall hear of next. Rows of
  // another epoch went with it.
  if (topic.epoch === epoch) {
    for (const { container } of topic.entries.values()) {
      const row = next.get(containerKey(container))?.container.row;
      if (row !== container.row) context.metrics.push({ type: "release", row: container.row });
    }
  }
  return next;
}

/** changeContainers applies a delta; null when it names a container or a field that can't be. */
export function changeContainers(
  entries: Keyed<ContainerEntry>,
  m: DeltaOf<"containers">,
  context: Context,
): Keyed<ContainerEntry> | null {
  const draft = entries.edit();
  const rows: number[] = [];
  for (const container of m.added ?? []) {
    const key = containerKey(container);
    const old = draft.get(key);
    if (old && old.container.row !== container.row) rows.push(old.container.row);
    draft.set(key, entry(key, container, old, context.now, true));
  }
  for (const [key, diff] of Object.entries(m.changed ?? {})) {
    const old = draft.get(key);
    const container = old && merge(old.container, diff, "Container");
    if (!old || !container || containerKey(container) !== key) return null;
    if (old.container.row !== container.row) rows.push(old.container.row);
    draft.set(key, entry(key, container, old, context.now, true));
  }
  for (const key of m.removed ?? []) {
    const old = draft.get(key);
    if (!old) continue;
    rows.push(old.container.row);
    draft.delete(key);
  }
  // Only now, when the whole delta is known to fit.
  for (const row of rows) context.metrics.push({ type: "release", row });
  return draft.done();
}

/** entry makes a container's entry; `watched` is false for what we see for the first time. */
function entry(
  key: string,
  container: Container,
  old: ContainerEntry | undefined,
  now: number,
  watched: boolean,
): ContainerEntry {
  if (!old) return { key, container, changedAt: watched ? now : 0 };
  const before = old.container;
  // A restart that came merged into one change leaves the state as it was.
  const changed =
    before.state !== container.state || before.health !== container.health || before.startedAt !== container.startedAt;
  if (!changed && same(before, container)) return old;
  // The key that is there already: each delta brings a copy of its own.
  return { key: old.key, container, changedAt: changed ? now : old.changedAt };
}

/** A topic whose resources are shown as they come: how to name one, and its type's name for the check. */
interface Plain<T> {
  readonly type: string;
  key(item: T): string;
}

/** The topics of plain resources. */
export interface PlainOf {
  system: SystemItem;
  jobs: Job;
  images: Image;
  volumes: Volume;
  networks: Network;
  alerts: Alert;
}

export type PlainTopic = keyof PlainOf;

export const PLAIN: { readonly [T in PlainTopic]: Plain<PlainOf[T]> } = {
  system: { type: "SystemItem", key: (item) => item.key },
  jobs: { type: "Job", key: (job) => job.id },
  images: { type: "Image", key: (image) => `${image.engine}/${image.id}` },
  volumes: { type: "Volume", key: (volume) => `${volume.engine}/${volume.name}` },
  networks: { type: "Network", key: (network) => `${network.engine}/${network.id}` },
  alerts: { type: "Alert", key: (alert) => `${alert.engine}/${alert.id}` },
};

export function replacePlain<T extends object>(of: Plain<T>, items: readonly T[]): Keyed<T> {
  const draft = Keyed.empty<T>().edit();
  for (const item of items) draft.set(of.key(item), item);
  return draft.done();
}

export function changePlain<T extends object>(
  of: Plain<T>,
  entries: Keyed<T>,
  m: { added?: T[]; changed?: Record<string, Diff>; removed?: string[] },
): Keyed<T> | null {
  const draft = entries.edit();
  for (const item of m.added ?? []) draft.set(of.key(item), item);
  for (const [key, diff] of Object.entries(m.changed ?? {})) {
    const old = draft.get(key);
    const item = old && merge(old, diff, of.type);
    if (!item || of.key(item) !== key) return null;
    draft.set(key, item);
  }
  for (const key of m.removed ?? []) draft.delete(key);
  return draft.done();
}

/** merge changes top-level fields; null when the result is no such resource. */
function merge<T extends object>(old: T, diff: Diff, type: string): T | null {
  const next: Record<string, unknown> = { ...old, ...diff.set };
  for (const field of diff.unset ?? []) delete next[field];
  // conform has checked every field of that type.
  return conform(next, type) as T | null;
}

/** same compares JSON values. A snapshot of 10,000 asks it for each: it makes no garbage. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  let count = 0;
  for (const key in left) {
    if (!same(left[key], right[key])) return false;
    count++;
  }
  for (const _ in right) count--;
  return count === 0;
}
