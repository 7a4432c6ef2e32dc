import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { ManualTime, ManualTroubles } from "../testing/manual";
import { MAX_TROUBLES, type Trouble, TroubleLog } from "./trouble";

function make(text: string | null = null) {
  const time = new ManualTime();
  const storage = new ManualTroubles();
  storage.text = text;
  return { time, storage, log: new TroubleLog(storage, time) };
}

describe("the log of trouble", () => {
  test("what lasts has a beginning and an end", () => {
    const { time, log } = make();
    const at = time.wall();
    log.add("lost", "The connection ended (1006)");
    expect(log.list()).toEqual([{ at, what: "lost", detail: "The connection ended (1006)" }]);
    time.advance(4_000);
    log.end("lost");
    log.end("lost");
    log.end("offline");
    expect(log.list()).toEqual([{ at, what: "lost", detail: "The connection ended (1006)", until: at + 4_000 }]);
  });

  test("the same again within a minute is one entry", () => {
    const { time, log } = make();
    const at = time.wall();
    for (let i = 0; i < 3; i++) {
      log.add("refused", "no");
      time.advance(50_000);
    }
    expect(log.list()).toEqual([{ at, what: "refused", detail: "no", until: at + 100_000, times: 3 }]);
    time.advance(20_000);
    log.add("refused", "no");
    log.add("gap", "no");
    expect(log.list()).toHaveLength(3);
    // What lasts is not folded: each had an end of its own.
    log.add("lost", "x");
    log.add("lost", "x");
    expect(log.list()).toHaveLength(5);
  });

  test("is kept over a reload, and ends nothing that was begun before it", () => {
    const { storage, time, log } = make();
    log.add("polling", "The WebSocket was refused twice");
    const again = new TroubleLog(storage, time);
    expect(again.list()).toEqual(log.list());
    again.end("polling");
    expect(again.list()[0]?.until).toBeUndefined();
  });

  test("holds so many, the newest", () => {
    const { log, storage } = make();
    for (let i = 0; i < MAX_TROUBLES + 10; i++) log.add("lost", `${i}`);
    expect(log.list()).toHaveLength(MAX_TROUBLES);
    expect(log.list()[0]?.detail).toBe("10");
    expect(JSON.parse(storage.text ?? "")).toHaveLength(MAX_TROUBLES);
    log.add("gap", "x".repeat(5_000));
    expect(log.list().at(-1)?.detail).toHaveLength(300);
  });

  test("tells its listeners, and is the same array until then", () => {
    const { log } = make();
    const fn = vi.fn();
    const stop = log.subscribe(fn);
    const before = log.list();
    expect(log.list()).toBe(before);
    log.add("gap", "x");
    expect(fn).toHaveBeenCalledTimes(1);
    expect(log.list()).not.toBe(before);
    log.clear();
    expect(log.list()).toEqual([]);
    stop();
    log.add("gap", "x");
    expect(fn).toHaveBeenCalledTimes(2);
  });
});

describe("other tabs", () => {
  test("write into the same log, and nobody's entries are lost", () => {
    const { storage, time, log } = make();
    const other = new TroubleLog({ ...storage, load: storage.load, onChange: () => () => {} }, time);
    log.add("lost", "here");
    other.add("lost", "there");
    other.end("lost");
    log.end("lost");
    expect(log.list().map((t) => [t.detail, t.until !== undefined])).toEqual([
      ["here", true],
      ["there", true],
    ]);
  });

  test("clear it for all", () => {
    const { storage, log } = make();
    log.add("lost", "here");
    storage.write("[]");
    expect(log.list()).toEqual([]);
  });
});

describe("a storage that can't be trusted", () => {
  const good: Trouble = { at: 1, what: "lost", detail: "x" };
  const texts: [string, string][] = [
    ["no JSON", "{"],
    ["no list", '{"at":1}'],
    ["strangers", JSON.stringify([1, null, "x", [], {}])],
    ["unknown kinds", JSON.stringify([{ at: 1, what: "__proto__", detail: "x" }])],
    ["no times", JSON.stringify([{ at: "1", what: "lost", detail: "x" }])],
    ["impossible times", '[{"at":1e300,"what":"lost","detail":"x"}]'],
    ["no words", JSON.stringify([{ at: 1, what: "lost", detail: { toString: 1 } }])],
  ];
  for (const [name, text] of texts) {
    test(name, () => {
      expect(make(text).log.list()).toEqual([]);
      const mixed = make(text.startsWith("[") ? text.replace(/\]$/, `,${JSON.stringify(good)}]`) : text);
      if (text.startsWith("[")) expect(mixed.log.list()).toEqual([good]);
    });
  }

  test("whatever stands there, it never throws and takes entries", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        const { log } = make(text);
        log.add("gap", "ours");
        expect(log.list().at(-1)).toMatchObject({ what: "gap", detail: "ours" });
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  test("what is wrong in an entry is left out of it", () => {
    const { log } = make(JSON.stringify([{ ...good, until: 0, times: 1.5, token: "secret" }]));
    expect(log.list()).toEqual([good]);
  });

  test("one that is refused, or gets full: memory does", () => {
    const { storage, log } = make();
    log.add("lost", "kept");
    storage.refused = true;
    log.add("gap", "in memory");
    log.add("resync", "too");
    expect(log.list().map((t) => t.detail)).toEqual(["kept", "in memory", "too"]);
    storage.refused = false;
    log.end("lost");
    expect(JSON.parse(storage.text ?? "")).toHaveLength(3);
  });
});
