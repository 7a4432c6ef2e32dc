import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FLAG, NO_COLOR, type Parsed, parseAnsi, type Style, stripAnsi, TRUE_COLOR } from "./ansi";

const E = "\x1b[";

/** "red|plain" style shorthand: each run with what it looks like. */
function looks({ text, runs }: Parsed): [string, Partial<Style>][] {
  return runs.map((r) => {
    const style: Partial<Style> = {
      ...(r.style.fg === NO_COLOR ? {} : { fg: r.style.fg }),
      ...(r.style.bg === NO_COLOR ? {} : { bg: r.style.bg }),
      ...(r.style.flags === 0 ? {} : { flags: r.style.flags }),
    };
    return [text.slice(r.start, r.end), style];
  });
}

test("a plain line comes back as it is", () => {
  expect(parseAnsi("GET / 200\t<b>é✓</b>")).toEqual({ text: "GET / 200\t<b>é✓</b>", runs: [] });
});

describe("SGR", () => {
  test.each<[string, string, [string, Partial<Style>][]]>([
    ["the eight", `a${E}31mb${E}0mc`, [["b", { fg: 1 }]]],
    ["bright", `${E}92;104mx`, [["x", { fg: 10, bg: 12 }]]],
    ["an empty one resets", `${E}1mx${E}my`, [["x", { flags: FLAG.bold }]]],
    [
      "default colours",
      `${E}31;41mx${E}39my${E}49mz`,
      [
        ["x", { fg: 1, bg: 1 }],
        ["y", { bg: 1 }],
      ],
    ],
    ["256", `${E}38;5;208;48;5;17mx`, [["x", { fg: 208, bg: 17 }]]],
    ["true colour", `${E}38;2;1;2;3mx`, [["x", { fg: TRUE_COLOR | 0x010203 }]]],
    ["colons", `${E}38:2::255:0:1;48:5:9mx`, [["x", { fg: TRUE_COLOR | 0xff0001, bg: 9 }]]],
    ["colons without a colour space", `${E}38:2:9:8:7mx`, [["x", { fg: TRUE_COLOR | 0x090807 }]]],
    ["what follows an extended colour", `${E}38;5;1;4mx`, [["x", { fg: 1, flags: FLAG.underline }]]],
    ["an underline's underline", `${E}58;5;3;4mx`, [["x", { flags: FLAG.underline }]]],
    ["all flags", `${E}1;2;3;4;7;9mx`, [["x", { flags: 63 }]]],
    ["flags off", `${E}1;2;3;4;7;9m${E}22;23;24;27;29mx`, []],
    ["no curly underline", `${E}4:3mx${E}4:0my`, [["x", { flags: FLAG.underline }]]],
    ["out of range is ignored", `${E}38;5;256mx${E}38;2;300;0;0my`, []],
    ["cut short", `${E}38;5mx`, []],
    ["the 8-bit introducer", "\x9b31mx", [["x", { fg: 1 }]]],
  ])("%s", (_, line, want) => {
    const got = parseAnsi(line);
    expect(got.text.replace(/[abcxyz]/g, "")).toBe("");
    expect(looks(got)).toEqual(want);
  });
});

test.each([
  ["cursor moves", `a${E}2J${E}10;5H${E}?25lb`, "ab"],
  ["a title ended by BEL", "a\x1b]0;evil\x07b", "ab"],
  ["a link", "\x1b]8;;http://evil/\x1b\\here\x1b]8;;\x1b\\", "here"],
  ["DCS and APC", "\x1bPq#0\x1b\\a\x1b_x\x1b\\b", "ab"],
  ["character sets and keypads", "\x1b(Ba\x1b=b\x1bcd", "abd"],
  ["a string that never ends shows what it has", "a\x1b]0;shown", "a0;shown"],
  ["a sequence that never ends too", `a${E}31`, "a31"],
  ["SGR that is private", `${E}>4;2ma`, "a"],
  ["a line of Windows", "done\r", "done"],
  ["a bar that draws over itself", "10%\r20%", "10%\u240d20%"],
  ["binary", "\x00\x01\x07\x08\x7f", "\u2400\u2401\u2407\u2408\u2421"],
])("%s", (_, line, want) => {
  expect(stripAnsi(line)).toBe(want);
  expect(parseAnsi(line).text).toBe(want);
});

const nasty = fc.array(
  fc.oneof(
    fc.string(),
    fc.constantFrom(
      "\x1b[",
      "\x1b]",
      "\x1b",
      "\x9b",
      "\x9d",
      "\x07",
      "\x1b\\",
      ";",
      ":",
      "m",
      "38;5;",
      "48;2;",
      "\r",
      "\0",
      "K",
    ),
    fc.integer({ min: 0, max: 120 }).map((n) => `\x1b[${n}m`),
  ),
  { maxLength: 40 },
);

test("whatever comes: no control character is left, runs are in order and within the text", () => {
  fc.assert(
    fc.property(nasty, (parts) => {
      const { text, runs } = parseAnsi(parts.join(""));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(text).not.toMatch(/[\x00-\x08\x0a-\x1f\x7f-\x9f]/);
      let end = 0;
      for (const r of runs) {
        expect(r.start).toBeGreaterThanOrEqual(end);
        expect(r.end).toBeGreaterThan(r.start);
        end = r.end;
      }
      expect(end).toBeLessThanOrEqual(text.length);
      expect(stripAnsi(parts.join(""))).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});

test("text between styles is kept to the letter", () => {
  const plain = fc.string({ unit: "grapheme" }).filter((s) => stripAnsi(s) === s);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 107 }), plain)), (parts) => {
      const line = parts.map(([code, text]) => `\x1b[${code}m${text}`).join("");
      expect(parseAnsi(line).text).toBe(parts.map(([, text]) => text).join(""));
    }),
  );
});

test("16 KiB of introducers take no time", () => {
  const begin = performance.now();
  for (const bad of ["\x1b[", "\x1b]", "\x9d", "\x1b[1;"]) parseAnsi(bad.repeat(16_384 / bad.length));
  expect(performance.now() - begin).toBeLessThan(1_000);
});
