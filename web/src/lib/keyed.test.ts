import fc from "fast-check";
import { expect, test } from "vitest";
import { Keyed } from "./keyed";

type Op = { set: boolean; key: string; value: number };

const ops = fc.array(
  fc.record({ set: fc.boolean(), key: fc.oneof(fc.nat({ max: 40 }).map(String), fc.string()), value: fc.nat() }),
);

function run(map: Keyed<number>, model: Map<string, number>, list: readonly Op[]): Keyed<number> {
  const draft = map.edit();
  for (const op of list) {
    if (op.set) {
      draft.set(op.key, op.value);
      model.set(op.key, op.value);
    } else {
      expect(draft.delete(op.key)).toBe(model.delete(op.key));
    }
    expect(draft.get(op.key)).toBe(model.get(op.key));
  }
  return draft.done();
}

test("is a map, and older versions stay as they were", () => {
  fc.assert(
    fc.property(fc.array(ops), (rounds) => {
      let map = Keyed.empty<number>();
      const model = new Map<string, number>();
      const versions: [Keyed<number>, Map<string, number>][] = [];
      for (const round of rounds) {
        map = run(map, model, round);
        versions.push([map, new Map(model)]);
      }
      for (const [version, then] of versions) {
        expect(version.size).toBe(then.size);
        expect(new Map(version.entries())).toEqual(then);
        expect(version.values()).toHaveLength(then.size);
        for (const [k, v] of then) expect(version.get(k)).toBe(v);
      }
    }),
    { seed: 7, numRuns: 60 },
  );
});

test("no change is no new map", () => {
  const map = run(Keyed.empty(), new Map(), [{ set: true, key: "a", value: 1 }]);
  const draft = map.edit();
  draft.delete("nothing");
  expect(draft.done()).toBe(map);
  expect(map.has("a")).toBe(true);
  expect(map.has("b")).toBe(false);
});

test("tells what differs between any two versions", () => {
  fc.assert(
    fc.property(fc.array(ops, { minLength: 1 }), (rounds) => {
      const versions: Keyed<number>[] = [Keyed.empty()];
      for (const round of rounds)
        versions.push(run(versions.at(-1) ?? Keyed.empty(), new Map(versions.at(-1)?.entries()), round));
      for (const since of versions) {
        for (const now of versions) {
          const keys = new Set([...since.entries(), ...now.entries()].map(([key]) => key));
          const differ = [...keys].filter((key) => since.get(key) !== now.get(key));
          const changes = now.changes(since).map((c) => `${c.before} ${c.now}`);
          expect(changes.sort()).toEqual(differ.map((key) => `${since.get(key)} ${now.get(key)}`).sort());
        }
      }
    }),
    { numRuns: 30 },
  );
});
