/** What the feed is narrowed to besides kinds: remembered by this browser. */
import { choices } from "../../components/choices";
import type { EventTone } from "../../components/event/eventText";
import { load, save } from "../../components/storage";

/** The words of SEVERITIES; "plain" is everything that is neither good nor bad. */
export const SEVERITIES: readonly EventTone[] = ["bad", "warn", "good", "plain"];
export const severityChoices = choices("events.severities", SEVERITIES, []);

/** Nothing in a list is everything. */
export interface FeedFilter {
  readonly actions: readonly string[];
  /** Names: the same service is another container after every deployment. */
  readonly containers: readonly string[];
}

const KEY = "quaywatch.events.filter";
const listeners = new Set<() => void>();
let current = parse(load(KEY));

function parse(text: string | null): FeedFilter {
  try {
    const v: unknown = JSON.parse(text ?? "{}");
    const list = (x: unknown) => (Array.isArray(x) ? x.filter((s) => typeof s === "string") : []);
    const o = v as Partial<Record<keyof FeedFilter, unknown>>;
    return { actions: list(o.actions), containers: list(o.containers) };
  } catch {
    return { actions: [], containers: [] };
  }
}

export const feedFilter = {
  get: (): FeedFilter => current,
  add(what: keyof FeedFilter, value: string): void {
    if (!current[what].includes(value)) set({ ...current, [what]: [...current[what], value] });
  },
  remove(what: keyof FeedFilter, value: string): void {
    set({ ...current, [what]: current[what].filter((v) => v !== value) });
  },
  clear(): void {
    set({ actions: [], containers: [] });
  },
  subscribe(fn: () => void): () => void {
    listeners.add(fn);
    return () => listeners.delete(fn);
  },
};

function set(next: FeedFilter): void {
  current = next;
  save(KEY, JSON.stringify(next));
  for (const fn of [...listeners]) fn();
}
