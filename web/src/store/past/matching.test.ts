import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Event } from "../../api/types.gen";
import { identityOf, microsOf } from "./identity";
import { matcherOf } from "./matching";

interface Cases {
  readonly events: Readonly<Record<string, Event>>;
  readonly cases: readonly { readonly query: string; readonly found: readonly string[] }[];
}

const { events, cases } = JSON.parse(
  readFileSync(new URL("../../../../api/event-cases.json", import.meta.url), "utf8"),
) as Cases;

describe("what comes live", () => {
  it.each(cases)("is found by “$query” as the server finds it", ({ query, found }) => {
    const matches = matcherOf(new URLSearchParams(query));
    const names = Object.keys(events).filter((name) => matches(events[name] as Event));
    expect(names.sort()).toEqual([...found].sort());
  });
});

describe("an event", () => {
  it("is the same one when it is told again, whatever its position was", () => {
    const e = events["die"] as Event;
    expect(identityOf({ ...e, seq: 77, attributes: { ...e.attributes, more: "x" } })).toBe(identityOf(e));
    expect(identityOf({ ...e, detail: "other" })).not.toBe(identityOf(e));
  });

  it("has a time as fine as microseconds", () => {
    const second = Date.parse("2026-11-23T12:00:00Z") * 1000;
    expect(microsOf("2026-11-23T12:00:00Z")).toBe(second);
    expect(microsOf("2026-11-23T12:00:00.5Z")).toBe(second + 500_000);
    expect(microsOf("2026-11-23T12:00:00.1234Z")).toBe(second + 123_400);
    expect(microsOf("2026-11-23T12:00:00.123456789Z")).toBe(second + 123_456);
    expect(microsOf("2026-11-23T13:00:00.000001+01:00")).toBe(second + 1);
  });
});
