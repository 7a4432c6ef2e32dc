import type { Container, Event } from "../../../api/types.gen";
import type { ContainerEntry } from "../../../store/state";

/** Whom an address means. */
export type Resolved =
  | { readonly kind: "one"; readonly entry: ContainerEntry }
  | { readonly kind: "none" }
  /** A prefix that several ids begin with. */
  | { readonly kind: "many"; readonly entries: readonly ContainerEntry[] };

/** Shorter prefixes than docker's own short ids would change their meaning too easily. */
const LEAST_PREFIX = 4;

/**
 * resolve finds the container of an address: by its whole id, its name, or the
 * beginning of its id, in this order, as the docker CLI does.
 */
export function resolve(text: string, entries: readonly ContainerEntry[]): Resolved {
  let named: ContainerEntry | null = null;
  const begun: ContainerEntry[] = [];
  const prefix = text.toLowerCase();
  const byPrefix = prefix.length >= LEAST_PREFIX && /^[0-9a-f]+$/.test(prefix);
  for (const entry of entries) {
    const { id, name } = entry.container;
    if (id === prefix) return { kind: "one", entry };
    if (name === text) named ??= entry;
    if (byPrefix && id.startsWith(prefix)) begun.push(entry);
  }
  if (named) return { kind: "one", entry: named };
  const [first] = begun;
  if (!first) return { kind: "none" };
  return begun.length === 1 ? { kind: "one", entry: first } : { kind: "many", entries: begun };
}

/** Which container took the place of one that is gone, and by what it is known. */
export interface Successor {
  readonly entry: ContainerEntry;
  readonly by: "name" | "service";
}

/**
 * successorOf finds the container that was made in place of one that is gone: of
 * the same name, or the same Compose service and number.
 */
export function successorOf(gone: Container, entries: readonly ContainerEntry[]): Successor | null {
  let best: Successor | null = null;
  for (const entry of entries) {
    const c = entry.container;
    if (c.engine !== gone.engine || c.id === gone.id) continue;
    if (c.name === gone.name) return { entry, by: "name" };
    if (!sameService(c, gone) || madeBefore(c, gone)) continue;
    if (!best || madeBefore(best.entry.container, c)) best = { entry, by: "service" };
  }
  return best;
}

const NUMBER = "com.docker.compose.container-number";

function sameService(a: Container, b: Container): boolean {
  return (
    b.service !== "" && a.service === b.service && a.project === b.project && a.labels[NUMBER] === b.labels[NUMBER]
  );
}

function madeBefore(a: Container, b: Container): boolean {
  return Date.parse(a.createdAt ?? "") < Date.parse(b.createdAt ?? "");
}

/** When an engine said that a container was removed, Unix milliseconds; null when it was not heard. */
export function removedAt(c: Container, events: readonly Event[]): number | null {
  for (let i = events.length - 1; i >= 0; i--) {
    const e = events[i];
    if (e?.kind === "container" && e.action === "destroy" && e.id === c.id && e.engine === c.engine) {
      return Date.parse(e.time);
    }
  }
  return null;
}
