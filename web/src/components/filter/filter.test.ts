import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ColumnName } from "../../api/columns.gen";
import type { Container } from "../../api/types.gen";
import { TestMetrics, testContainer } from "../../testing/testContainer";
import { FIELDS, METRICS } from "./fields";
import { matches } from "./filter";
import { parseFilter } from "./parse";
import type { Sight } from "./sight";
import { tokens } from "./tokens";

/** What the Go reading of the language (internal/filter) is held to as well. */
interface Golden {
  now: string;
  engines: Record<string, string>;
  containers: Container[];
  metrics: Record<string, Partial<Record<ColumnName, number>>>;
  cases: { query: string; left: string[] }[];
  problems: { query: string; message: string; fix: string }[];
}
const golden = JSON.parse(
  readFileSync(new URL("../../../../api/filter-cases.json", import.meta.url), "utf8"),
) as Golden;

const NOW = Date.parse(golden.now);
const metrics = new TestMetrics();
for (const [row, cells] of Object.entries(golden.metrics)) {
  for (const [name, value] of Object.entries(cells)) metrics.set(Number(row), name as ColumnName, value);
}
const sight: Sight = {
  metrics,
  now: () => NOW,
  cpuPercent: (c) => (metrics.read(c.row, "cpu") ?? Number.NaN) / 100,
  engineName: (id) => golden.engines[id] ?? id,
};

const [web, db, api] = golden.containers as [Container, Container, Container];

function names(query: string, list: readonly Container[] = [web, db, api]): string {
  const filter = parseFilter(query);
  return list
    .filter((c) => matches(c, filter, sight))
    .map((c) => c.name)
    .join(" ");
}

describe("a filter", () => {
  it.each(golden.cases)("$query leaves $left", ({ query, left }) => expect(names(query)).toBe(left.join(" ")));

  it("finds no ended container by the verdict it ended with", () => {
    const ended = testContainer({ name: "was-sick", state: "exited", health: "unhealthy" });
    expect(names("health:unhealthy", [web, ended])).toBe("shop-web-1");
    expect(names("is:unhealthy", [web, ended])).toBe("shop-web-1");
  });

  it("knows what changes with the metrics and the time", () => {
    const filter = parseFilter("web cpu>50 uptime<5m restarts>1 is:loop -mem<1MB");
    expect([filter.still.length, filter.live.length]).toEqual([2, 4]);
  });
});

describe("what a filter can't read", () => {
  it.each(golden.problems)("$query says $message", ({ query, message, fix }) => {
    const problems = parseFilter(query).problems;
    expect(problems.map((p) => [p.message, p.fix ?? ""])).toEqual([[message, fix]]);
  });

  it("comes with what to write instead, where that can be told", () => {
    const fixes = parseFilter("stat:up cpu:50 -nam:x mem>200 state:no").problems.map((p) => p.fix);
    expect(fixes).toEqual(["state:up", "cpu>50", "-name:x", "mem>200MB", undefined]);
  });

  it("is left out, and the rest counts", () => {
    expect(names("stat:running project:mail cpu>much")).toBe("mail-db api");
    expect(parseFilter("stat:running project:mail cpu>much").problems.map((p) => p.word)).toEqual([
      "stat:running",
      "cpu>much",
    ]);
  });
});

describe("any text", () => {
  const word = fc.oneof(
    fc.string(),
    fc
      .tuple(
        fc.constantFrom("", "-"),
        fc.constantFrom(...FIELDS, ...Object.keys(METRICS)),
        fc.constantFrom(":", ">", "<=", "=", ":~"),
        fc.string(),
      )
      .map((parts) => parts.join("")),
  );

  it("is read without a throw, and each of its words is a term, a problem or only begun", () => {
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const query = words.join(" ");
        const filter = parseFilter(query);
        for (const c of [web, db, api]) matches(c, filter, sight);
        const count = filter.still.length + filter.live.length + filter.problems.length;
        expect(count).toBeLessThanOrEqual(tokens(query).length);
        for (const p of filter.problems) expect(query).toContain(p.word);
      }),
    );
  });

  it("with a minus before a word leaves exactly what the word does not", () => {
    fc.assert(
      fc.property(word, (text) => {
        const [token] = tokens(text);
        fc.pre(token !== undefined && !token.raw.startsWith("-"));
        const plain = parseFilter(token?.raw ?? "");
        fc.pre(plain.problems.length === 0 && plain.still.length + plain.live.length === 1);
        const negated = parseFilter(`-${token?.raw}`);
        for (const c of [web, db, api]) expect(matches(c, negated, sight)).toBe(!matches(c, plain, sight));
      }),
    );
  });

  it("stands in its tokens, in order, and nothing but spaces between", () => {
    fc.assert(
      fc.property(fc.string(), (query) => {
        let at = 0;
        for (const t of tokens(query)) {
          expect(query.slice(t.start, t.end)).toBe(t.raw);
          expect(query.slice(at, t.start).trim()).toBe("");
          at = t.end;
        }
      }),
    );
  });
});
