import type { Container } from "../../../api/types.gen";
import { type Filter, isEmpty, NO_FILTER, passes } from "../../../components/filter/filter";
import type { Sight } from "../../../components/filter/sight";
import { Keyed } from "../../../lib/keyed";
import { type ContainerChange, ContainerTable } from "../../../store/containerTable";
import type { MetricsReader } from "../../../store/liveStore";
import type { ContainerEntry } from "../../../store/state";
import { Groups, type Line } from "./groups";
import { byName, comparison, liveMetric, type Sort, sortByMetric } from "./order";
import { type Compare, isMany, patched, Ranks } from "./sorted";

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

/**
 * Turns the containers into the lines of the table, from its own last answer and
 * what has changed since. Three lists, each made of the one before: all by name,
 * all in the order asked for, and of those the ones that are shown. A list is made
 * anew when what makes it is another; otherwise it follows the changes, each a
 * binary search. An order by a live metric is held until it is asked for anew: a
 * change then stays at its place, and what is new comes at the end.
 */
export class Lines {
  private table = new ContainerTable(Keyed.empty(), false);
  private named: readonly ContainerEntry[] = [];
  private order: readonly ContainerEntry[] = [];
  private shown: readonly ContainerEntry[] = [];
  private readonly groups = new Groups();

  private orderedBy = "";
  private compare: Compare = byEntryName;
  private readonly ranks = new Ranks();
  private filter: Filter = NO_FILTER;
  private sight: Sight | null = null;
  /** Whom the live words of the filter let pass, as of the last time they were asked. */
  private readonly judged = new Map<string, boolean>();
  private grouped = false;

  update(all: ContainerTable, metrics: MetricsReader, o: ViewOptions): View {
    const changes = all.changes(this.table);
    this.table = all;
    const many = isMany(changes, this.named);
    this.named = many ? [...all.entries].sort(byEntryName) : patched(this.named, changes, byEntryName);
    const ordered = this.sort(changes, many, metrics, o);
    const selected = this.select(changes, ordered, o);
    const lines = o.grouped ? this.group(selected, o) : this.shown;
    this.grouped = o.grouped;
    for (const { before, now } of changes) if (before && !now) this.ranks.delete(before);
    return { lines, shown: this.shown.length, total: all.size };
  }

  /** Brings the order up to date; tells whether it was made anew. */
  private sort(
    changes: readonly ContainerChange[],
    many: boolean,
    metrics: MetricsReader,
    { sort, cpuScale, resort }: ViewOptions,
  ): boolean {
    const by = `${sort.id} ${sort.desc}`;
    const other = by !== this.orderedBy;
    this.orderedBy = by;
    const metric = liveMetric(sort.id);
    if (metric !== undefined && (other || resort)) {
      this.order = sortByMetric(this.named, metric, metrics, sort.desc, metric === "cpu" ? cpuScale : undefined);
      this.ranks.reset(this.order);
      this.compare = this.ranks.compare;
      return true;
    }
    if (metric !== undefined) for (const { before, now } of changes) if (now && !before) this.ranks.add(now);
    if (other) this.compare = entryComparison(sort);
    if (this.compare === byEntryName) this.order = this.named;
    else if (other || many) this.order = [...this.named].sort(this.compare);
    else this.order = patched(this.order, changes, this.compare);
    return other || many;
  }

  /**
   * Brings what is shown up to date; returns its changes, null when it was made
   * anew. The filter's live words are asked at the pace of the order.
   */
  private select(
    changes: readonly ContainerChange[],
    ordered: boolean,
    o: ViewOptions,
  ): readonly ContainerChange[] | null {
    const asked = o.filter !== this.filter || (o.resort && o.filter.live.length > 0);
    if (asked) this.judged.clear();
    const anew = ordered || asked || o.sight !== this.sight;
    this.filter = o.filter;
    this.sight = o.sight;
    if (isEmpty(o.filter)) {
      this.shown = this.order;
      return anew ? null : changes;
    }
    if (anew) {
      this.shown = this.order.filter((e) => this.passes(e, o));
      return null;
    }
    const passing = changes.map(({ before, now }) => ({ before, now: now && this.passes(now, o) ? now : undefined }));
    this.shown = patched(this.shown, passing, this.compare);
    return passing;
  }

  private passes({ key, container: c }: ContainerEntry, { filter, sight }: ViewOptions): boolean {
    if (!passes(c, filter.still, sight)) return false;
    if (filter.live.length === 0) return true;
    let ok = this.judged.get(key);
    if (ok === undefined) {
      ok = passes(c, filter.live, sight);
      this.judged.set(key, ok);
    }
    return ok;
  }

  private group(changes: readonly ContainerChange[] | null, { collapsed }: ViewOptions): readonly Line[] {
    const { shown } = this;
    if (changes === null || !this.grouped) this.groups.fill(shown);
    else this.groups.patch(changes, this.compare);
    return this.groups.lines(collapsed, shown.length === this.order.length);
  }
}

const byEntryName: Compare = (a, b) => byName(a.container, b.container);

function entryComparison(sort: Sort): Compare {
  if (sort.id === "name" && !sort.desc) return byEntryName;
  const compare = comparison(sort);
  return (a, b) => compare(a.container, b.container);
}
