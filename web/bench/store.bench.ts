/**
 * The main-thread work of a tick: 10,000 containers, all metrics at once, from
 * the frame's text to the columns. npm run bench prints it.
 */
import { bench, describe } from "vitest";
import type { MetricsFrame } from "../src/api/types.gen";
import { applyMessages, opened } from "../src/store/apply";
import { Columns } from "../src/store/columns";
import { initialState, type LiveState } from "../src/store/state";
import { container, keyOf, snapshot, welcome } from "../src/testing/samples";
import { decodeFrame } from "../src/transport/decode";

const ROWS = 10_000;
const COLS = ["cpu", "mem", "rx", "tx", "rxRate", "txRate", "readRate", "writeRate", "pids"];

const rows = Array.from({ length: ROWS }, (_, i) => i + 1);
const frame: MetricsFrame = {
  type: "metrics",
  topic: "metrics",
  seq: 1,
  at: 1_795_442_527_250,
  rest: true,
  rows,
  cols: Object.fromEntries(COLS.map((name, c) => [name, { v: rows.map((r) => (r * 7_919 * (c + 1)) % 100_000) }])),
};
const text = JSON.stringify(frame);
const fewRows: MetricsFrame = {
  ...frame,
  rest: false,
  rows: rows.slice(0, 50),
  cols: Object.fromEntries(Object.entries(frame.cols ?? {}).map(([name, c]) => [name, { v: c.v.slice(0, 50) }])),
};
const filter = { rows: rows.slice(0, 50), restEveryMs: 10_000 };
const now = { now: 0, wall: 0 };

function loaded(): LiveState {
  const all = rows.map((row) => container(row.toString(16).padStart(64, "0"), row));
  const first = opened(initialState(), ["containers"]);
  return applyMessages(first, [welcome(), ...snapshot("containers", 1, all)], now).state;
}

const columns = new Columns();
const state = loaded();
const snap = JSON.stringify(
  snapshot(
    "containers",
    1,
    [...state.containers.entries.values()].map((e) => e.container),
  ),
);
let at = 0;

describe(`a metrics frame of ${ROWS} rows and ${COLS.length} columns (${Math.round(text.length / 1024)} KB)`, () => {
  bench("JSON.parse alone", () => {
    JSON.parse(text);
  });
  bench("decode: parse and check", () => {
    decodeFrame(text);
  });
  bench("apply to the columns", () => {
    columns.apply(frame, filter, at++);
  });
  bench("decode and apply", () => {
    for (const m of decodeFrame(text).messages) if (m.type === "metrics") columns.apply(m, filter, at++);
  });
});

describe("the 50 rows on screen", () => {
  bench("apply to the columns", () => {
    columns.apply(fewRows, filter, at++);
  });
});

describe(`one change among ${ROWS} containers`, () => {
  const key = keyOf((77).toString(16).padStart(64, "0"));
  bench("delta", () => {
    applyMessages(
      state,
      [{ type: "delta", topic: "containers", from: 1, seq: 2, changed: { [key]: { set: { state: "exited" } } } }],
      now,
    );
  });
  bench("delta, and the list for the table", () => {
    applyMessages(
      state,
      [{ type: "delta", topic: "containers", from: 1, seq: 2, changed: { [key]: { set: { state: "paused" } } } }],
      now,
    ).state.containers.entries.values();
  });
});

const staged = applyMessages(state, decodeFrame(snap).messages.slice(0, 2), now).state;

describe(`a snapshot of ${ROWS} containers (${Math.round(snap.length / 1024)} KB)`, () => {
  bench("its end: swapped in for the same ones", () => {
    applyMessages(staged, [{ type: "snapEnd", topic: "containers", seq: 2, count: ROWS }], now);
  });
  bench("decode and apply", () => {
    applyMessages(state, decodeFrame(snap).messages, now);
  });
});
