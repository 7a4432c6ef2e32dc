import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MOST_STRING, StringGuard } from "./guard";

const long = "x".repeat(MOST_STRING + 1_000);

describe("control strings", () => {
  test.each([
    ["plain text", "hello\r\nworld €"],
    ["colours and movement", "\x1b[31mred\x1b[0m\x1b[2J\x1b[10;5H"],
    ["a title", "\x1b]0;title\x07after"],
    ["a hyperlink", "\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\after"],
    ["one that another sequence ends", "\x1b]0;title\x1b[31mred"],
    ["one that a string follows", "\x1b]0;a\x1b]2;b\x07c"],
    ["one of C1", "\x9d0;title\x9cafter"],
  ])("%s comes through", (_, text) => {
    expect(new StringGuard().filter(text)).toBe(text);
  });

  test.each([
    ["BEL", "\x1b]0;", "\x07", ""],
    ["a string's end", "\x1b]0;", "\x1b\\", "\x1b\\"],
    ["a string's end in C1", "\x1bP", "\x9c", ""],
    ["CAN", "\x1b_", "\x18", ""],
    ["another sequence", "\x1b^", "\x1b[31m", "\x1b[31m"],
    ["another one of C1", "\x1bX", "\x85", "\x85"],
  ])("one that is too long is cancelled until %s", (_, begin, end, rest) => {
    const out = new StringGuard().filter(`before${begin}${long}${end}after`);
    expect(out.startsWith(`before${begin}xxx`)).toBe(true);
    expect(out.endsWith(`x\x18${rest}after`)).toBe(true);
    expect(out.length).toBeLessThan(MOST_STRING + 50);
  });

  test("one without an end shows nothing more, whatever comes", () => {
    const guard = new StringGuard();
    let size = 0;
    for (let i = 0; i < 100; i++) size += guard.filter(i === 0 ? `\x1b]52;c;${long}` : long).length;
    expect(size).toBeLessThan(MOST_STRING + 50);
    expect(guard.filter("\x07shown")).toBe("shown");
  });

  test("the pieces in which it comes make no difference", () => {
    const piece = fc.constantFrom("a", "\x1b", "]", "P", "\\", "\x07", "\x9d", "\x9c", "\x85", "\x18", "[31m", long);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), fc.array(fc.nat(20_000), { maxLength: 6 }), (parts, cuts) => {
        const text = parts.join("");
        const whole = new StringGuard().filter(text);
        const guard = new StringGuard();
        const at = [0, ...cuts.map((c) => c % (text.length + 1)).sort((a, b) => a - b), text.length];
        const pieces = at.slice(1).map((end, i) => guard.filter(text.slice(at[i], end)));
        expect(pieces.join("")).toBe(whole);
      }),
    );
  });
});
