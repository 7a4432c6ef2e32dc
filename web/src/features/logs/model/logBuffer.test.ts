import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LINE, LogBuffer, type LogRecord } from "./logBuffer";

function line(at: number, text: string, src = 0): LogRecord {
  return { src, at, kind: LINE.stdout, text };
}

function texts(b: LogBuffer): string[] {
  return Array.from({ length: b.length }, (_, i) => b.text(b.first + i));
}

function lines(from: number, to: number, src = 0): LogRecord[] {
  return Array.from({ length: to - from }, (_, i) => line(from + i, `${from + i}`, src));
}

test("keeps the last lines, each with its number and its place", () => {
  const b = new LogBuffer(3);
  b.append([line(1, "a"), line(2, "b")]);
  const id = b.id(b.first + 1);
  b.append([line(3, "c"), line(4, "d")]);
  expect(texts(b)).toEqual(["b", "c", "d"]);
  expect([b.first, b.end, b.received]).toEqual([1, 4, 4]);
  expect(b.text(b.placeOf(id))).toBe("b");
  b.append([line(5, "e")]);
  expect(b.placeOf(id)).toBe(-1);
  expect(b.takeChange()).toBe(Number.POSITIVE_INFINITY);
});

test("more lines at once than fit", () => {
  const b = new LogBuffer(10);
  b.append(lines(0, 1000));
  expect(texts(b)).toEqual(lines(990, 1000).map((l) => l.text));
  expect(b.received).toBe(1000);
});

test("runs for long without growing", () => {
  const b = new LogBuffer(100);
  for (let i = 0; i < 500; i++) b.append(lines(i * 37, (i + 1) * 37));
  expect(texts(b)).toEqual(lines(500 * 37 - 100, 500 * 37).map((l) => l.text));
  expect(b.end - b.first).toBe(100);
});

test("a few long lines push out many short ones", () => {
  const b = new LogBuffer(100, 1_000);
  b.append(lines(0, 50));
  b.append([line(100, "x".repeat(600)), line(101, "y".repeat(390))]);
  expect(b.length).toBeLessThan(10);
  expect(b.text(b.end - 1)).toMatch(/^y/);
});

describe("several sources", () => {
  test("are merged by time, and one source's lines keep their order", () => {
    const b = new LogBuffer(100);
    b.append([line(10, "a1"), line(30, "a2"), line(20, "a3")]);
    b.append([line(5, "b1", 1), line(15, "b2", 1), line(40, "b3", 1)]);
    expect(texts(b)).toEqual(["b1", "a1", "b2", "a2", "a3", "b3"]);
    expect(b.takeChange()).toBe(0);
    b.append([line(40, "a4"), line(35, "c1", 2)]);
    expect(texts(b)).toEqual(["b1", "a1", "b2", "a2", "a3", "c1", "b3", "a4"]);
    expect(b.takeChange()).toBe(5);
  });

  test("property: order by time, whole, each source in its order", () => {
    const batch = fc.array(fc.record({ src: fc.nat({ max: 3 }), step: fc.nat({ max: 20 }) }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 20 }), (batches) => {
        const b = new LogBuffer(1_000);
        const clocks = [0, 0, 0, 0];
        let n = 0;
        const known = new Map<string, number>();
        for (const list of batches) {
          b.append(
            list.map(({ src, step }) => {
              clocks[src] = (clocks[src] ?? 0) + step;
              return line(clocks[src] ?? 0, `${src}:${n++}`, src);
            }),
          );
          for (let p = b.first; p < b.end; p++) {
            // A line's number is its own, wherever it stands.
            const id = known.get(b.text(p)) ?? b.id(p);
            known.set(b.text(p), id);
            expect(b.id(p)).toBe(id);
          }
        }
        expect(b.length).toBe(n);
        const places = Array.from({ length: n }, (_, i) => b.first + i);
        for (let i = 1; i < n; i++) {
          expect(b.at(places[i] ?? 0)).toBeGreaterThanOrEqual(b.at(places[i - 1] ?? 0));
        }
        for (let src = 0; src < 4; src++) {
          const own = places.filter((p) => b.src(p) === src).map((p) => Number(b.text(p).split(":")[1]));
          expect(own).toEqual([...own].sort((x, y) => x - y));
        }
      }),
    );
  });

  test("property: what changed is told", () => {
    const batch = fc.array(fc.record({ src: fc.nat({ max: 2 }), at: fc.nat({ max: 60 }) }), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 15 }), (batches) => {
        const b = new LogBuffer(20);
        const before = new Map<number, number>();
        for (const list of batches) {
          b.append(list.map(({ src, at }, i) => line(at, `${i}`, src)));
          const from = b.takeChange();
          for (const [place, id] of before) {
            if (place >= b.first && place < from) expect(b.id(place)).toBe(id);
          }
          before.clear();
          for (let p = b.first; p < b.end; p++) before.set(p, b.id(p));
        }
      }),
    );
  });
});

describe("held", () => {
  test("what is there stays, whatever comes; a row says what was not kept", () => {
    const b = new LogBuffer(10);
    b.append(lines(0, 10));
    b.hold();
    for (let i = 10; i < 1000; i += 5) b.append(lines(i, i + 5));
    expect(texts(b).slice(0, 10)).toEqual(lines(0, 10).map((l) => l.text));
    expect(b.length).toBeLessThanOrEqual(20);
    expect(b.kind(b.first + 10)).toBe(LINE.gap);
    const kept = texts(b).slice(11);
    expect(kept.at(-1)).toBe("999");
    expect(kept).toEqual(lines(1000 - kept.length, 1000).map((l) => l.text));
    expect(texts(b)[10]).toBe(`${990 - kept.length} lines not kept: they came while you were reading`);
    b.release();
    expect(b.length).toBe(10);
    expect(b.text(b.end - 1)).toBe("999");
  });

  test("a single line more than fits is no catastrophe", () => {
    const b = new LogBuffer(2);
    b.append(lines(0, 2));
    b.hold();
    b.append(lines(2, 5));
    expect(texts(b).slice(0, 2)).toEqual(["0", "1"]);
    expect(b.text(b.end - 1)).toBe("4");
    expect(texts(b)[2]).toBe("2 lines not kept: they came while you were reading");
  });
});

test("cleared, it goes on with the places that follow", () => {
  const b = new LogBuffer(10);
  b.append(lines(0, 5));
  b.clear();
  expect([b.length, b.first, b.takeChange()]).toEqual([0, 5, 5]);
  b.append(lines(5, 6));
  expect(b.text(5)).toBe("5");
});
