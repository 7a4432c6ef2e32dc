import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputFlow, MOST_WAITING, type Piece } from "./flow";

const bytes = (text: string) => new TextEncoder().encode(text).length;

function flow(window = 1_000, cost = 10) {
  const sent: Piece[] = [];
  return { sent, flow: new InputFlow(window, cost, (p) => sent.push(p)) };
}

describe("what is typed", () => {
  test("goes at once, in order", () => {
    const { sent, flow: f } = flow();
    f.type("l");
    f.type("s");
    expect(sent).toEqual([
      { n: 1, text: "l" },
      { n: 2, text: "s" },
    ]);
  });

  test("waits for the window and goes on as it is taken", () => {
    const { sent, flow: f } = flow(30, 10);
    for (const c of "abcd") f.type(c);
    expect(sent.map((p) => p.text)).toEqual(["a", "b"]);
    expect(f.waiting).toBe(2);
    f.took(1);
    // What waited goes in one piece.
    expect(sent.map((p) => p.text)).toEqual(["a", "b", "cd"].slice(0, sent.length));
    f.took(2);
    expect(sent.map((p) => p.text)).toEqual(["a", "b", "cd"]);
    expect(f.waiting).toBe(0);
  });

  test.each(["\x03", "\x1c", "\x1a"])("%j drops what waits before it", (key) => {
    const { sent, flow: f } = flow(12, 10);
    f.type("a");
    f.type("rm -rf everything\r");
    f.type(key);
    f.took(1);
    expect(sent.map((p) => p.text)).toEqual(["a", key]);
  });

  test("is refused whole where too much of it waits", () => {
    const { sent, flow: f } = flow(100, 10);
    expect(f.type("x".repeat(MOST_WAITING + 1))).toBe(false);
    expect(sent).toEqual([]);
    expect(f.type("x".repeat(MOST_WAITING))).toBe(true);
    expect(f.type("y".repeat(10_000))).toBe(false);
  });

  test("never exceeds the window, loses nothing, and cuts no character", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string({ unit: "binary", maxLength: 6_000 }).filter((s) => !["\x03", "\x1c", "\x1a"].includes(s)),
            fc.nat(20),
          ),
          { maxLength: 30 },
        ),
        (steps) => {
          const window = 20_000;
          const { sent, flow: f } = flow(window, 64);
          let typed = "";
          let taken = 0;
          for (const step of steps) {
            if (typeof step === "string") {
              f.type(step);
              typed += step;
            } else {
              taken = Math.min(sent.length, taken + step);
              f.took(taken);
            }
            const away = sent.slice(taken).reduce((sum, p) => sum + bytes(p.text) + 64, 0);
            expect(away).toBeLessThanOrEqual(window);
          }
          while (taken < sent.length) {
            taken = sent.length;
            f.took(taken);
          }
          expect(sent.map((p) => p.text).join("")).toBe(typed);
          expect(sent.map((p) => p.n)).toEqual(sent.map((_, i) => i + 1));
          for (const p of sent) expect(new TextDecoder().decode(new TextEncoder().encode(p.text))).toBe(p.text);
        },
      ),
      { numRuns: 60 },
    );
  });
});
