import fc from "fast-check";
import { expect, test } from "vitest";
import type { Container } from "../../../api/types.gen";
import { isAlive } from "../../../components/container/stateView";
import { parseFilter } from "../../../components/filter/parse";
import type { Sight } from "../../../components/filter/sight";
import type { ContainerEntry } from "../../../store/state";
import { Tally } from "../../../store/tally";
import { TestMetrics, testContainer, testTable } from "../../../testing/testContainer";
import { type CountedWord, stateCounts, wordsOf } from "./counts";
import { isGroup, type Line } from "./groups";
import { Lines, type View, type ViewOptions } from "./lines";
import { comparison, liveMetric, type Sort, sortByMetric } from "./order";

const IDS = 24;
const STATES = ["running", "exited", "paused", "restarting"] as const;
const SORTS: readonly Sort["id"][] = ["name", "project", "state", "health", "restarts", "cpu", "mem"];
const QUERIES = ["", "state:running", "a", "project:shop -state:exited", "cpu>50", "cpu>50 state:running"];

interface Step {
  readonly containers: readonly { id: number; gone: boolean; fields: Partial<Container> }[];
  readonly cpu: readonly { row: number; value: number }[];
  readonly sort: Sort;
  readonly query: string;
  readonly grouped: boolean;
  readonly collapsed: readonly string[];
  readonly resort: boolean;
}

const fields: fc.Arbitrary<Partial<Container>> = fc.record({
  name: fc.constantFrom("a", "a2", "a10", "b", "web-1", "web-02", "z"),
  project: fc.constantFrom("", "shop", "mail"),
  state: fc.constantFrom(...STATES),
  health: fc.constantFrom("none", "healthy", "unhealthy"),
  restartCount: fc.nat({ max: 2 }),
});

// Most steps keep the arrangement of the one before: that is what is incremental.
const step: fc.Arbitrary<Partial<Step>> = fc.record(
  {
    containers: fc.array(fc.record({ id: fc.nat({ max: IDS - 1 }), gone: fc.boolean(), fields }), { maxLength: 6 }),
    cpu: fc.array(fc.record({ row: fc.nat({ max: IDS - 1 }), value: fc.integer({ min: 0, max: 10_000 }) })),
    sort: fc.record({ id: fc.constantFrom(...SORTS), desc: fc.boolean() }),
    query: fc.constantFrom(...QUERIES),
    grouped: fc.boolean(),
    collapsed: fc.subarray(["group:e1/shop", "group:e1/mail", "group:e1/"]),
    resort: fc.boolean(),
  },
  { requiredKeys: ["containers"] },
);

/** What is asked of the lines, made anew from everything at each step. */
class Naive {
  #order: readonly ContainerEntry[] = [];
  #orderedBy = "";
  #judged = new Map<string, boolean>();
  #query: string | null = null;

  update(all: readonly ContainerEntry[], metrics: TestMetrics, o: ViewOptions, query: string): View {
    const byName = comparison({ id: "name", desc: false });
    const named = [...all].sort((a, b) => byName(a.container, b.container));
    const metric = liveMetric(o.sort.id);
    const by = `${o.sort.id} ${o.sort.desc}`;
    if (metric === undefined) {
      const compare = comparison(o.sort);
      this.#order = [...all].sort((a, b) => compare(a.container, b.container));
    } else if (o.resort || by !== this.#orderedBy) {
      this.#order = sortByMetric(named, metric, metrics, o.sort.desc);
    } else {
      const still = this.#order.flatMap((old) => all.find((e) => e.key === old.key) ?? []);
      this.#order = [...still, ...all.filter((e) => !still.includes(e))];
    }
    this.#orderedBy = by;
    if (o.resort || query !== this.#query) this.#judged.clear();
    this.#query = query;
    const shown = this.#order.filter((e) => this.#passes(e, o));
    const lines = o.grouped ? grouped(shown, o.collapsed, shown.length === all.length) : shown;
    return { lines, shown: shown.length, total: all.length };
  }

  #passes({ key, container: c }: ContainerEntry, { filter, sight }: ViewOptions): boolean {
    if (!filter.still.every((t) => t.test(c, sight))) return false;
    if (filter.live.length === 0) return true;
    const ok = this.#judged.get(key) ?? filter.live.every((t) => t.test(c, sight));
    this.#judged.set(key, ok);
    return ok;
  }
}

function grouped(shown: readonly ContainerEntry[], collapsed: ReadonlySet<string>, whole: boolean): Line[] {
  const lines: Line[] = [];
  for (const project of ["mail", "shop", ""]) {
    const members = shown.filter((e) => e.container.project === project);
    const [worst] = members;
    if (!worst) continue;
    const key = `group:e1/${project}`;
    const running = members.filter((e) => isAlive(e.container)).length;
    const shut = collapsed.has(key);
    lines.push({ kind: "group", key, project, engine: "e1", members, running, worst, whole, collapsed: shut });
    if (!shut) lines.push(...members);
  }
  return lines;
}

/** What can be compared: who is the worst of equals is a matter of taste. */
function plain(view: View): unknown {
  return {
    ...view,
    lines: view.lines.map((l) => (isGroup(l) ? { ...l, worst: null, members: l.members.map(text) } : text(l))),
  };
}

function text({ key, container: c }: ContainerEntry): string {
  return `${key} ${c.name} ${c.project} ${c.state} ${c.health} ${c.restartCount}`;
}

test("lines that follow changes are those made anew, and so are the counts", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const lines = new Lines();
      const naive = new Naive();
      const tally = new Tally(wordsOf);
      const metrics = new TestMetrics();
      const sight: Sight = {
        metrics,
        now: () => Date.parse("2026-11-23T17:00:00Z"),
        cpuPercent: (c) => (metrics.read(c.row, "cpu") ?? Number.NaN) / 100,
        engineName: (id) => id,
      };
      const filters = new Map(QUERIES.map((q) => [q, parseFilter(q)]));
      const known = new Map<string, ContainerEntry>();
      let at: Step = {
        containers: [],
        cpu: [],
        sort: { id: "name", desc: false },
        query: "",
        grouped: false,
        collapsed: [],
        resort: false,
      };
      for (const change of steps) {
        at = { ...at, cpu: [], resort: false, ...change };
        for (const { id, gone, fields } of at.containers) {
          const key = `e1/${id}`;
          const container = testContainer({ id: String(id), row: id, ...fields });
          if (gone) known.delete(key);
          else known.set(key, { key, container, changedAt: 0 });
        }
        for (const { row, value } of at.cpu) metrics.set(row, "cpu", value);
        const table = testTable([...known.values()]);
        const filter = filters.get(at.query) ?? parseFilter("");
        const options = { ...at, filter, sight, collapsed: new Set(at.collapsed) };
        const view = lines.update(table, metrics, options);
        expect(plain(view)).toEqual(plain(naive.update(table.entries, metrics, options, at.query)));
        const count = (word: CountedWord) => table.entries.filter((e) => wordsOf(e.container).includes(word)).length;
        expect(stateCounts(tally.count(table))).toEqual(stateCounts(count));
      }
    }),
    { numRuns: 500 },
  );
});
