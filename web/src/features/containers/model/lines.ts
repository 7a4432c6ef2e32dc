import type { Container } from "../../../api/types.gen";
import { isAlive, stateRank, stateView } from "../../../components/container/stateView";
import type { ContainerTable, MetricsReader } from "../../../store/liveStore";
import type { ContainerEntry } from "../../../store/state";
import { type Filter, NO_FILTER, passes } from "../filter/filter";
import type { Sight } from "../filter/sight";
import { byName, comparison, liveMetric, naturalKey, type Sort, sortByMetric } from "./order";

/** A Compose project's heading, with the containers under it that pass the filter. */
export interface GroupLine {
  kind: "group";
  key: string;
  project: string;
  engine: string;
  members: readonly ContainerEntry[];
  running: number;
  /** The member whose state needs a look most: its state stands for the project's. */
  worst: ContainerEntry;
  /** Whether nothing of the project is left out by the filter. */
  whole: boolean;
  collapsed: boolean;
}

/** A line of the table. Containers are the store's own entries, so that 10,000 of them cost no objects. */
export type Line = ContainerEntry | GroupLine;

export interface View {
  lines: readonly Line[];
  /** Containers that pass the filter, and all there are. */
  shown: number;
  total: number;
}

export interface ViewOptions {
  filter: Filter;
  sight: Sight;
  sort: Sort;
  /** What CPU is multiplied by before it is compared: it may be shown as a share. */
  cpuScale?: ((c: Container) => number) | undefined;
  grouped: boolean;
  collapsed: ReadonlySet<string>;
  /** True orders and filters by the live metrics anew; false keeps to the last time. */
  resort: boolean;
}

export function isGroup(line: Line): line is GroupLine {
  return "members" in line;
}

interface Followed {
  list: ContainerEntry[];
  /** Something was added or renamed, so that an order by name has to be made anew. */
  moved: boolean;
}

/** The latest self of each of a list, those gone left out, new ones at the end. */
function follow(list: readonly ContainerEntry[], all: ContainerTable): Followed {
  const next: ContainerEntry[] = [];
  let moved = false;
  for (const old of list) {
    const entry = all.get(old.key);
    if (entry === undefined) continue;
    next.push(entry);
    if (entry !== old && entry.container.name !== old.container.name) moved = true;
  }
  if (next.length < all.entries.length) {
    moved = true;
    const known = new Set(next);
    for (const entry of all.entries) {
      if (!known.has(entry)) next.push(entry);
    }
  }
  return { list: next, moved };
}

/**
 * Turns the containers into the lines of the table, from its own last answer:
 * the list is kept in the order of names, where a change costs one pass, and an
 * order by a live metric is held until it is asked for anew.
 */
export class Lines {
  private named: ContainerEntry[] = [];
  private order: ContainerEntry[] = [];
  private orderedBy = "";
  /** Whom the live words of the filter let pass, as of the last time they were asked. */
  private readonly judged = new Map<string, boolean>();
  private judgedBy: Filter = NO_FILTER;

  update(all: ContainerTable, metrics: MetricsReader, o: ViewOptions): View {
    const named = follow(this.named, all);
    this.named = named.moved ? named.list.sort(byEntryName) : named.list;
    const by = `${o.sort.id} ${o.sort.desc}`;
    const metric = liveMetric(o.sort.id);
    if (metric === undefined) {
      this.order = o.sort.id === "name" && !o.sort.desc ? this.named : this.sorted(o.sort);
    } else if (o.resort || by !== this.orderedBy) {
      const scale = metric === "cpu" ? o.cpuScale : undefined;
      this.order = sortByMetric(this.named, metric, metrics, o.sort.desc, scale);
    } else {
      this.order = follow(this.order, all).list;
    }
    this.orderedBy = by;
    const shown = this.filtered(o);
    const lines = o.grouped ? group(shown, o.collapsed, shown.length === this.order.length) : shown;
    return { lines, shown: shown.length, total: all.entries.length };
  }

  /** What passes the filter. Its live words are asked at the pace of the order, not with every change. */
  private filtered(o: ViewOptions): ContainerEntry[] {
    const { still, live } = o.filter;
    if (o.resort || o.filter !== this.judgedBy) this.judged.clear();
    this.judgedBy = o.filter;
    if (still.length === 0 && live.length === 0) return this.order;
    return this.order.filter(({ key, container: c }) => {
      if (!passes(c, still, o.sight)) return false;
      if (live.length === 0) return true;
      let ok = this.judged.get(key);
      if (ok === undefined) {
        ok = passes(c, live, o.sight);
        this.judged.set(key, ok);
      }
      return ok;
    });
  }

  private sorted(sort: Sort): ContainerEntry[] {
    const compare = comparison(sort);
    return [...this.named].sort((a, b) => compare(a.container, b.container));
  }
}

/** Groups by engine and Compose project: projects by name, what has none last. */
export function group(list: readonly ContainerEntry[], collapsed: ReadonlySet<string>, whole = true): Line[] {
  const members = new Map<string, ContainerEntry[]>();
  for (const e of list) {
    const key = `group:${e.container.engine}/${e.container.project}`;
    const found = members.get(key);
    if (found) found.push(e);
    else members.set(key, [e]);
  }
  const groups: GroupLine[] = [];
  for (const [key, entries] of members) {
    const worst = worstOf(entries);
    if (!worst) continue;
    const first = worst.container;
    groups.push({
      kind: "group",
      key,
      project: first.project,
      engine: first.engine,
      members: entries,
      running: entries.reduce((n, e) => n + Number(isAlive(e.container)), 0),
      worst,
      whole,
      collapsed: collapsed.has(key),
    });
  }
  groups.sort(byProject);
  const lines: Line[] = [];
  for (const g of groups) {
    lines.push(g);
    if (!g.collapsed) for (const e of g.members) lines.push(e);
  }
  return lines;
}

/** Dead before restarting before sick before failed; then what runs, and only then what rests. */
function badness(c: Container): number {
  if (c.state === "dead") return 0;
  if (c.state === "restarting") return 1;
  if (isAlive(c) && c.health === "unhealthy") return 2;
  if (stateView(c).tone === "bad") return 3;
  return 4 + stateRank(c);
}

function worstOf(entries: readonly ContainerEntry[]): ContainerEntry | undefined {
  let worst = entries[0];
  for (const e of entries) {
    if (worst && badness(e.container) < badness(worst.container)) worst = e;
  }
  return worst;
}

function byEntryName(a: ContainerEntry, b: ContainerEntry): number {
  return byName(a.container, b.container);
}

function byProject(a: GroupLine, b: GroupLine): number {
  if ((a.project === "") !== (b.project === "")) return a.project === "" ? 1 : -1;
  const x = naturalKey(a.project);
  const y = naturalKey(b.project);
  if (x !== y) return x < y ? -1 : 1;
  return a.engine < b.engine ? -1 : 1;
}
