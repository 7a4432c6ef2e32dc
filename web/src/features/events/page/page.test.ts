import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Event } from "../../../api/types.gen";
import { dayWord } from "../../../components/format/day";
import { knownOf } from "../../../store/past/identity";
import { EVERYTHING, FACETS, KIND_WORDS, narrowings, paramsOf, queryOf, searchOf, toggled, withFacet } from "./query";
import { localInput, rangeWord } from "./range";
import { rowsOf } from "./rows";
import { whyOf } from "./whys";

const NOON = Date.parse("2026-11-23T12:00:00Z");

function event(seconds: number, change: Partial<Event> = {}): Event {
  const e = { engine: "e1", kind: "container", action: "start", detail: "", id: "c1", name: "web", inferred: false };
  return { ...e, time: new Date(NOON + seconds * 1000).toISOString(), attributes: {}, seq: 0, ...change };
}

const list = (...events: readonly Event[]) => events.toReversed().map(knownOf);

describe("the address", () => {
  it("carries the whole query there and back", () => {
    const word = fc.string({ minLength: 1 }).filter((s) => !s.includes(","));
    const words = fc.uniqueArray(word, { maxLength: 3 });
    const query = fc.record({
      facets: fc.record({
        kind: fc.uniqueArray(fc.constantFrom(...Object.keys(KIND_WORDS)), { maxLength: 3 }),
        severity: fc.uniqueArray(fc.constantFrom("bad", "warn", "good", "plain"), { maxLength: 2 }),
        action: words,
        container: words,
        project: words,
        actor: words,
      }),
      inferred: fc.constantFrom("" as const, "true" as const, "false" as const),
      text: fc.string(),
      since: fc.constantFrom("", "15m", "2026-11-23T12:00:00Z"),
      until: fc.constantFrom("", "2026-11-23T13:00:00.000Z"),
      around: fc.constantFrom("", "2026-11-23T12:00:00.123456789Z"),
    });
    fc.assert(
      fc.property(query, (q) => {
        expect(queryOf(searchOf(q))).toEqual(q);
      }),
    );
  });

  it("that makes no sense is everything", () => {
    expect(queryOf("?kind=nonsense&since=soon&around=x&inferred=maybe&severity=worse&other=1")).toEqual(EVERYTHING);
    expect(searchOf(EVERYTHING)).toBe("");
  });

  it("is asked of the server with gaps, and without commands unless they are wanted", () => {
    const plain = new URLSearchParams(paramsOf(withFacet(EVERYTHING, "container", ["web", "db"])));
    expect(Object.fromEntries(plain)).toMatchObject({ container: "web,db", gaps: "true" });
    expect(plain.get("notAction")).toContain("exec_start");
    expect(new URLSearchParams(paramsOf(withFacet(EVERYTHING, "kind", ["exec"]))).get("notAction")).toBeNull();
    const around = new URLSearchParams(paramsOf({ ...EVERYTHING, since: "1h", around: "2026-11-23T12:00:00Z" }));
    expect([around.get("since"), around.get("until")]).toEqual([
      "2026-11-23T11:55:00.000Z",
      "2026-11-23T12:05:00.000Z",
    ]);
  });

  it("can be relaxed by each thing that narrows it", () => {
    let q = { ...EVERYTHING, text: "oom", since: "1h" };
    for (const facet of FACETS) q = { ...q, ...toggled(q, facet, facet === "kind" ? "image" : "x") };
    const all = narrowings(q, rangeWord(q));
    expect(all.length).toBe(FACETS.length + 2);
    expect(all.map((n) => n.word)).toContain("Last hour");
    for (const n of all) expect(narrowings(n.without, rangeWord(n.without)).length).toBe(all.length - 1);
  });
});

describe("the lines", () => {
  it("begin a new day with a line of its own, but for the first", () => {
    const rows = rowsOf(list(event(-86_400 * 2), event(-86_400), event(0)), new Set());
    expect(rows.map((r) => r.kind)).toEqual(["event", "day", "event", "day", "event", "end"]);
    expect(dayWord(NOON, NOON)).toMatch(/^Today, \d+ Nov$/);
    expect(dayWord(NOON - 86_400_000, NOON)).toMatch(/^Yesterday, /);
  });

  it("fold a crash loop, and open it", () => {
    const loop = [0, 10, 20].flatMap((s) => [
      event(s, { action: "die", attributes: { exitCode: "137" } }),
      event(s + 1, { action: "start" }),
    ]);
    const folded = rowsOf(list(...loop), new Set());
    expect(folded.map((r) => r.kind)).toEqual(["fold", "end"]);
    expect(folded[0]).toMatchObject({ words: "restarted ×3 in 21 s, exit 137" });
    const opened = rowsOf(list(...loop), new Set([folded[0]?.key ?? ""]));
    expect(opened.filter((r) => r.kind === "nested").length).toBe(6);
  });

  it("say what is missing, and since when", () => {
    const attributes = { from: "2026-11-23T11:00:00Z", until: "2026-11-23T12:00:01Z", reason: "Quaywatch did not run" };
    const rows = rowsOf(
      list(
        event(0, { kind: "engine", action: "gap", id: "e1", attributes: { reason: "the connection was lost" } }),
        event(1, { kind: "engine", action: "gap", id: "e1", attributes }),
        event(2, { kind: "engine", action: "unreachable", id: "e1", name: "host" }),
        event(26, { kind: "engine", action: "connected", id: "e1", name: "host" }),
        event(30, {
          kind: "history",
          action: "lost",
          engine: "",
          attributes: { reason: "7 events were not written." },
        }),
      ),
      new Set(),
    );
    const gaps = rows.flatMap((r) => (r.kind === "gap" ? [`${r.title}: ${r.detail}`] : []));
    expect(gaps[0]).toBe("Events are missing: 7 events were not written.");
    expect(gaps[1]).toMatch(/^host answers again: it was unreachable .*:02 to .*:26 \(24 s\)$/);
    expect(gaps[2]).toBe("host became unreachable: ");
    expect(gaps[3]).toMatch(/^Quaywatch did not run: .* \(1 h\): events may be missing$/);
    expect(gaps[4]).toMatch(/^The connection was lost: /);
  });
});

describe("why", () => {
  it("is told from the events around, and not guessed across a gap", () => {
    const killed = [event(0), event(1, { action: "kill", attributes: { signal: "9" } })];
    const died = event(2, { action: "die", attributes: { exitCode: "137" } });
    expect(whyOf(list(...killed, died), 0, undefined, "tab")?.text).toMatch(/^Killed by a client elsewhere/);
    const gap = event(1.5, { kind: "engine", action: "gap", id: "e1" });
    expect(whyOf(list(event(0), gap, died), 0, undefined, "tab")).toBeNull();
  });
});

describe("times", () => {
  it("are local where they are typed", () => {
    expect(new Date(localInput("2026-11-23T12:34:56Z")).toISOString()).toBe("2026-11-23T12:34:56.000Z");
    expect(localInput("1h")).toBe("");
  });
});
