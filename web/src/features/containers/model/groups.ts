import type { Container } from "../../../api/types.gen";
import { isAlive, stateRank, stateView } from "../../../components/container/stateView";
import type { ContainerChange } from "../../../store/containerTable";
import type { ContainerEntry } from "../../../store/state";
import { naturalKey } from "./order";
import { type Compare, patched } from "./sorted";

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

export function isGroup(line: Line): line is GroupLine {
  return "members" in line;
}

/**
 * The containers that are shown by engine and Compose project: projects by name,
 * what has none last. A group is the same object until something in it changes.
 */
export class Groups {
  #groups = new Map<string, GroupLine>();
  /** Their keys in the order of the screen; null when one came or went. */
  #order: readonly string[] | null = null;

  /** Puts a whole list into groups. */
  fill(list: readonly ContainerEntry[]): void {
    const members = new Map<string, ContainerEntry[]>();
    for (const entry of list) push(members, groupKey(entry), entry);
    this.#groups = new Map();
    this.#order = null;
    for (const [key, entries] of members) this.#put(key, entries);
  }

  /** Follows the changes of the list that was filled in, in that list's order. */
  patch(changes: readonly ContainerChange[], compare: Compare): void {
    const touched = new Map<string, ContainerChange[]>();
    for (const change of changes) {
      const { before, now } = change;
      const from = before && groupKey(before);
      const to = now && groupKey(now);
      if (from !== undefined && (to === undefined || from === to)) push(touched, from, change);
      else {
        if (from !== undefined) push(touched, from, { before, now: undefined });
        if (to !== undefined) push(touched, to, { before: undefined, now });
      }
    }
    for (const [key, list] of touched) {
      const members = this.#groups.get(key)?.members ?? [];
      const next = patched(members, list, compare);
      if (next !== members) this.#put(key, next);
    }
  }

  /** The headings, each with its containers under it unless it is folded; `whole` tells whether nothing is left out. */
  lines(collapsed: ReadonlySet<string>, whole: boolean): Line[] {
    this.#order ??= [...this.#groups.values()].sort(byProject).map((g) => g.key);
    const lines: Line[] = [];
    for (const key of this.#order) {
      const group = this.#shownAs(key, collapsed.has(key), whole);
      if (!group) continue;
      lines.push(group);
      if (!group.collapsed) for (const e of group.members) lines.push(e);
    }
    return lines;
  }

  #put(key: string, members: readonly ContainerEntry[]): void {
    const old = this.#groups.get(key);
    const worst = worstOf(members);
    if (!old || !worst) this.#order = null;
    if (!worst) {
      this.#groups.delete(key);
      return;
    }
    const { project, engine } = worst.container;
    const running = members.reduce((n, e) => n + Number(isAlive(e.container)), 0);
    const { whole, collapsed } = old ?? { whole: true, collapsed: false };
    this.#groups.set(key, { kind: "group", key, project, engine, members, running, worst, whole, collapsed });
  }

  #shownAs(key: string, collapsed: boolean, whole: boolean): GroupLine | undefined {
    const group = this.#groups.get(key);
    if (!group || (group.collapsed === collapsed && group.whole === whole)) return group;
    const next = { ...group, collapsed, whole };
    this.#groups.set(key, next);
    return next;
  }
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

function groupKey({ container }: ContainerEntry): string {
  return `group:${container.engine}/${container.project}`;
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
  let least = worst && badness(worst.container);
  for (const e of entries) {
    const b = badness(e.container);
    if (least !== undefined && b < least) {
      worst = e;
      least = b;
    }
  }
  return worst;
}

function byProject(a: GroupLine, b: GroupLine): number {
  if ((a.project === "") !== (b.project === "")) return a.project === "" ? 1 : -1;
  const x = naturalKey(a.project);
  const y = naturalKey(b.project);
  if (x !== y) return x < y ? -1 : 1;
  return a.engine < b.engine ? -1 : 1;
}
