import fc from "fast-check";
import { container, event, snapshot, welcome } from "./samples";

/** Frames that are nearly right: a real one in which something was replaced, cut or doubled. */
const real = JSON.stringify([
  welcome(),
  ...snapshot("containers", 3, [container("a", 1), container("b", 2)]),
  { type: "delta", topic: "events", from: 1, seq: 2, added: [event(2)] },
  { type: "delta", topic: "containers", from: 3, seq: 4, changed: { k: { set: { state: "exited" } } }, removed: ["x"] },
  {
    type: "metrics",
    topic: "metrics",
    seq: 1,
    at: 1,
    rows: [1],
    cols: { cpu: { v: [1] } },
    ages: { 1: 2 },
    missed: [2],
  },
]);

export const garbage = fc.oneof(
  fc.string(),
  fc.json(),
  fc.nat({ max: real.length }).map((n) => real.slice(0, n)),
  fc
    .tuple(
      fc.nat({ max: real.length }),
      fc.nat({ max: 40 }),
      fc.constantFrom("", "null", "1e999", "{}", "[]", '"x"', "-1"),
    )
    .map(([at, length, by]) => real.slice(0, at) + by + real.slice(at + length)),
  fc
    .array(
      fc.record(
        {
          type: fc.constantFrom("welcome", "snap", "snapEnd", "delta", "mark", "metrics", "subbed", "resync", "error"),
          topic: fc.constantFrom("containers", "events", "system", "metrics", "__proto__", 7),
          seq: fc.oneof(fc.nat(), fc.double(), fc.string()),
          from: fc.oneof(fc.nat(), fc.anything()),
          page: fc.oneof(fc.constant(0), fc.integer()),
          items: fc.oneof(fc.array(fc.anything()), fc.anything()),
          changed: fc.dictionary(fc.string(), fc.anything()),
          id: fc.nat({ max: 5 }),
          recovered: fc.boolean(),
          count: fc.nat(),
        },
        { requiredKeys: ["type"] },
      ),
    )
    .map((v) => {
      try {
        return JSON.stringify(v);
      } catch {
        return "[";
      }
    }),
);
