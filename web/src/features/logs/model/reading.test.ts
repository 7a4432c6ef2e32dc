import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countText } from "./countText";
import { linesText } from "./exportText";
import { jsonFields, jsonLine, looksJson } from "./jsonLine";
import { LINE, LogBuffer } from "./logBuffer";
import { sourceLabels } from "./sourceLabels";
import { exactTime, TIME_WIDTH, timeText } from "./timeText";

describe("JSON lines", () => {
  test("say their message first", () => {
    expect(jsonLine('{"time":"t","level":"WARN","msg":"slow <b>","ms":12,"ctx":{"a":[1]}}')).toEqual({
      level: "warn",
      tone: "warn",
      message: "slow <b>",
      fields: [
        ["time", "t"],
        ["ms", "12"],
        ["ctx", '{"a":[1]}'],
      ],
    });
  });

  test.each([
    ['{"level":30,"msg":"x"}', "info", "plain"],
    ['{"level":60,"msg":"x"}', "fatal", "bad"],
    ['{"severity":"ERROR","message":"x"}', "error", "bad"],
    ['{"lvl":"dbug","event":"x"}', "dbug", "plain"],
    ['{"log.level":"debug","message":"x"}', "debug", "quiet"],
  ])("%s", (text, level, tone) => {
    expect(jsonLine(text)).toMatchObject({ level, tone, message: "x" });
  });

  test("unfolded: message and level, then the rest, nested values whole", () => {
    expect(jsonFields('{"b":{"c":1},"level":"info","msg":"m","a":null}')).toEqual([
      ["msg", "m"],
      ["level", "info"],
      ["b", '{\n  "c": 1\n}'],
      ["a", "null"],
    ]);
  });

  test.each(["", "{", "{}x", "[1]", "{broken}", "plain {x}", '"{}"'])("%s is none", (text) => {
    expect(jsonLine(text)).toBeNull();
  });

  test("property: any object can be shown, and no other text is one", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const text = JSON.stringify(object);
        const line = jsonLine(text);
        if (text === "{}") return;
        expect(looksJson(text)).toBe(true);
        expect(line).not.toBeNull();
        expect(jsonFields(text)).toHaveLength(Object.keys(JSON.parse(text) as object).length);
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => void jsonLine(text)));
  });
});

describe("times", () => {
  const at = Date.UTC(2026, 10, 23, 14, 2, 7, 250) * 1000 + 40;

  test("as wide as they are said to be", () => {
    const now = at / 1000 + 12_000;
    expect(timeText(at, "time", now)).toMatch(/^\d\d:02:07\.250$/);
    expect(timeText(at, "full", now)).toMatch(/^2026-11-2[34] \d\d:02:07\.250$/);
    expect(timeText(at, "relative", now)).toBe("12 s ago");
    expect(timeText(at, "relative", at / 1000 - 5_000)).toBe("now");
    expect(timeText(at, "off", now)).toBe("");
    for (const mode of ["time", "full", "relative"] as const) {
      expect(timeText(at, mode, now).length).toBeLessThanOrEqual(TIME_WIDTH[mode]);
    }
  });

  test("to the microsecond where they are kept", () => {
    expect(exactTime(at)).toBe("2026-11-23T14:02:07.250040Z");
  });
});

describe("names of sources", () => {
  test("leave out what all have in common", () => {
    expect(sourceLabels(["shop-web-1", "shop-web-2", "shop-db-1"]).labels).toEqual(["web-1", "web-2", "db-1"]);
    expect(sourceLabels(["alpha", "alps"]).labels).toEqual(["alpha", "alps"]);
    expect(sourceLabels(["a-b", "a-"]).labels).toEqual(["a-b", "a-"]);
    expect(sourceLabels(["one"]).labels).toEqual(["one"]);
  });

  test("have hues of their own that stay when others join", () => {
    const names = Array.from({ length: 12 }, (_, i) => `shop-${i}`);
    const { hues } = sourceLabels(names);
    expect(new Set(hues).size).toBe(12);
    expect(sourceLabels(names.slice(0, 5)).hues).toEqual(hues.slice(0, 5));
    expect(sourceLabels([...names, "more", "and more"]).hues.slice(0, 12)).toEqual(hues);
  });
});

test("lines as text: without colours, with times and names where they are wanted", () => {
  const b = new LogBuffer(10);
  b.append([
    { src: 0, at: 1_000_000, kind: LINE.stdout, text: "\x1b[31mred\x1b[0m <b>" },
    { src: 1, at: 2_000_000, kind: LINE.gap, text: "3 lines skipped" },
  ]);
  expect(linesText(b, [0, 1], { times: false, names: null })).toBe("red <b>\n--- 3 lines skipped ---\n");
  expect(linesText(b, [0], { times: true, names: ["web", "db"] })).toBe("1970-01-01T00:00:01.000000Z web | red <b>\n");
  expect(linesText(b, [], { times: true, names: null })).toBe("");
});

test("counts have their thousands apart", () => {
  expect([0, 999, 1000, 1234567].map(countText)).toEqual(["0", "999", "1,000", "1,234,567"]);
});
