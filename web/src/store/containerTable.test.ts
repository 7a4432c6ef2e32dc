import { expect, test } from "vitest";
import { Keyed } from "../lib/keyed";
import { container } from "../testing/samples";
import { ContainerTable } from "./containerTable";
import type { ContainerEntry } from "./state";

function entry(key: string, changedAt = 0): ContainerEntry {
  return { key, container: container(key, 1), changedAt };
}

test("a table tells what differs from any earlier one, to all who ask", () => {
  const first = Keyed.empty<ContainerEntry>().edit();
  first.set("a", entry("a"));
  first.set("b", entry("b"));
  const one = new ContainerTable(first.done(), true);
  const second = first.done().edit();
  second.set("b", entry("b", 5));
  const two = new ContainerTable(second.done(), true);
  const third = second.done().edit();
  third.delete("a");
  const three = new ContainerTable(third.done(), true);

  const keys = (t: ContainerTable, since: ContainerTable) =>
    t.changes(since).map(({ before, now }) => `${before?.key ?? "none"} to ${now?.key ?? "none"}`);
  expect(keys(three, two)).toEqual(["a to none"]);
  expect(three.changes(two)).toBe(three.changes(two));
  expect(keys(three, one).sort()).toEqual(["a to none", "b to b"]);
  expect(keys(three, two)).toEqual(["a to none"]);
  expect(keys(three, three)).toEqual([]);
});
