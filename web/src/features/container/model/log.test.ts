import { expect, it } from "vitest";
import type { Event } from "../../../api/types.gen";
import type { EventRow } from "../../../store/state";
import { logOf } from "./log";

function row(seq: number, action: string, fields: Partial<Event> = {}): EventRow {
  const event = {
    kind: "container",
    engine: "e",
    id: "c",
    action,
    detail: "",
    attributes: {},
    time: "",
    seq,
    ...fields,
  };
  return { kind: "event", key: `e${seq}`, event: event as Event };
}

const gap: EventRow = { kind: "gap", key: "g", reason: "lost", since: null, until: null, replayed: 0, lost: null };
const facts = { clientId: "tab", restartPolicy: "no", autoRemove: false };

it("has one container's lines, newest first, with the gaps between them", () => {
  const rows = [
    gap,
    row(1, "start"),
    row(2, "start", { id: "other" }),
    row(3, "start", { engine: "f" }),
    row(4, "exec_start"),
    row(5, "connect", { kind: "network", id: "n", attributes: { container: "c" } }),
    { ...gap, key: "g2" },
    row(6, "pause"),
  ];
  const keys = (aside: boolean) => logOf(rows, "e", "c", facts, aside).map((l) => l.row.key);
  expect(keys(false)).toEqual(["e6", "g2", "e5", "e1"]);
  expect(keys(true)).toEqual(["e6", "g2", "e5", "e4", "e1"]);
  expect(logOf(rows, "e", "nobody", facts, true)).toEqual([]);
});
