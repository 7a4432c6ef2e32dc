import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LineLayout } from "./lineLayout";
import { LINE, LogBuffer } from "./logBuffer";
import { LogSearch, SLICE_MS } from "./logSearch";
import { PlaceList } from "./placeList";
import { compileQuery } from "./query";

describe("queries", () => {
  const q = (text: string, regex = false, matchCase = false) => compileQuery({ text, regex, matchCase });

  test("words are words, whatever characters they have", () => {
    expect(q("")).toBeNull();
    expect(q("a.b[c](d)*")?.matcher?.ranges("xA.B[C](D)*y a.b")).toEqual([1, 11]);
    expect(q("get", false, true)?.matcher?.test("GET /")).toBe(false);
    expect(q("get")?.matcher?.test("GET /")).toBe(true);
  });

  test("expressions", () => {
    expect(q("5\\d\\d", true)?.matcher?.ranges("500 404 503")).toEqual([0, 3, 8, 11]);
    expect(q("x*", true)?.matcher?.ranges("axxb")).toEqual([1, 3]);
  });

  test.each(["(", "[", "a{2,1}", "*", "(?<n"])("%s is refused in words", (text) => {
    expect(q(text, true)).toEqual({ matcher: null, error: expect.stringMatching(/^Not a regular expression: .+\.$/) });
  });

  test.each(["(a+)+", "(a*)*b", "(\\w+\\s?)*$", "((ab)+c)+", "(a{2,})+", "(x+|y){20,}"])(
    "%s could take for ever",
    (text) => {
      expect(q(text, true)?.error).toMatch(/for ever/);
    },
  );

  test.each(["(ab)+", "a+b+", "[+*]+", "(a\\+)+", "(a|b)*c", "(\\d{1,3}\\.){3}\\d+"])("%s is harmless", (text) => {
    expect(q(text, true)?.error).toBeNull();
  });

  test("property: literal text is found where it is", () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), fc.string(), (a, needle, b) => {
        const text = a + needle + b;
        const ranges = q(needle, false, true)?.matcher?.ranges(text) ?? [];
        expect(ranges[0]).toBe(text.indexOf(needle));
        expect((ranges[1] ?? 0) - (ranges[0] ?? 0)).toBe(needle.length);
      }),
    );
  });
});

test("property: a list of places is what a filter of all lines would give", () => {
  const step = fc.record({
    append: fc.nat({ max: 30 }),
    cut: fc.nat({ max: 10 }),
    drop: fc.nat({ max: 20 }),
    slices: fc.nat({ max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const list = new PlaceList();
      const values: number[] = [];
      let first = 0;
      let n = 1;
      for (const s of steps) {
        const from = Math.max(first, values.length - s.cut);
        for (let i = from; i < values.length; i++) values[i] = n++ * 7;
        for (let i = 0; i < s.append; i++) values.push(n++ * 5);
        first = Math.min(values.length, first + s.drop);
        list.sync(first, s.cut > 0 ? from : Number.POSITIVE_INFINITY);
        const buffer = { first, end: values.length };
        const test = (p: number) => (values[p] ?? 0) % 3 === 0;
        for (let i = 0; i < s.slices; i++) list.scan(buffer, test, () => true);
        list.scan(buffer, test, () => false);
        const want = values.map((_, p) => p).filter((p) => p >= first && test(p));
        expect(Array.from({ length: list.count }, (_, i) => list.place(i))).toEqual(want);
        expect(list.upTo(buffer)).toBe(true);
        expect(list.indexOf(first + 5)).toBe(want.filter((p) => p < first + 5).length);
      }
    }),
  );
});

describe("the search", () => {
  function filled(n: number): LogBuffer {
    const b = new LogBuffer(n);
    b.append(
      Array.from({ length: n }, (_, i) => ({
        src: i % 2,
        at: i,
        kind: LINE.stdout,
        text: `\x1b[3${i % 8}m${i}\x1b[0m`,
      })),
    );
    return b;
  }
  const everywhere = () => true;

  test("works in slices and ends", () => {
    const b = filled(10_000);
    const s = new LogSearch();
    s.set({ text: "77", matchCase: false, regex: false });
    // A clock on which looking at 64 lines takes a millisecond and a half.
    let t = 0;
    const clock = () => {
      t += 1.5;
      return t;
    };
    let slices = 0;
    while (!s.done) {
      const before = s.lines.count;
      s.step(b, Number.POSITIVE_INFINITY, everywhere, clock);
      slices++;
      expect(s.lines.count).toBeGreaterThanOrEqual(before);
    }
    expect(slices).toBeGreaterThan(10_000 / 64 / (SLICE_MS / 1.5 + 2));
    expect(s.lines.count).toBe(Array.from({ length: 10_000 }, (_, i) => `${i}`).filter((x) => x.includes("77")).length);
  });

  test("goes from match to match, round the ends, from what is looked at", () => {
    const b = filled(100);
    const s = new LogSearch();
    s.set({ text: "^[1-5]0$", matchCase: false, regex: true });
    s.step(b, Number.POSITIVE_INFINITY, everywhere, () => 0);
    expect(s.move(b, 1, 35)).toBe(30);
    expect(s.ordinal(b)).toBe(3);
    expect([s.move(b, 1, 0), s.move(b, 1, 0), s.move(b, 1, 0), s.move(b, -1, 0)]).toEqual([40, 50, 10, 50]);
  });

  test("leaves out sources that are not shown, colours and what the page says itself", () => {
    const b = filled(10);
    b.append([{ src: -1, at: 99, kind: LINE.gap, text: "5 lines skipped" }]);
    const s = new LogSearch();
    s.set({ text: "5", matchCase: false, regex: false });
    s.step(
      b,
      Number.POSITIVE_INFINITY,
      (src) => src === 1,
      () => 0,
    );
    expect(s.lines.count).toBe(1);
    s.set({ text: "[3", matchCase: false, regex: false });
    s.step(b, Number.POSITIVE_INFINITY, everywhere, () => 0);
    expect(s.lines.count).toBe(0);
  });

  test("gives up an expression that is too slow, and says so", () => {
    const b = filled(100);
    const s = new LogSearch();
    s.set({ text: "a.*b.*c", matchCase: false, regex: true });
    let t = 0;
    s.step(b, Number.POSITIVE_INFINITY, everywhere, () => (t += 80));
    s.step(b, Number.POSITIVE_INFINITY, everywhere, () => (t += 150));
    expect(s.error).toMatch(/takes too long/);
    expect(s.matcher).toBeNull();
    expect(s.done).toBe(true);
  });
});

describe("the layout", () => {
  test("rows alike", () => {
    const l = new LineLayout(20);
    l.alike(100);
    expect([l.total, l.top(3), l.indexAt(0), l.indexAt(79), l.indexAt(80), l.indexAt(1e9)]).toEqual([
      2000, 60, 0, 3, 4, 99,
    ]);
    l.alike(0);
    expect([l.total, l.indexAt(50)]).toEqual([0, 0]);
  });

  test("property: the row at y is the one whose edges are around it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 300 }),
        fc.nat(),
        (heights, y) => {
          const l = new LineLayout(20);
          l.each(heights.length, (i) => heights[i] ?? 0);
          expect(l.total).toBe(heights.reduce((a, b) => a + b, 0));
          const at = y % l.total;
          const i = l.indexAt(at);
          expect(l.top(i)).toBeLessThanOrEqual(at);
          expect(l.top(i + 1)).toBeGreaterThan(at);
        },
      ),
    );
  });
});
