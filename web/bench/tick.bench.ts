/**
 * What a tick with 20 changes of state among 10,000 containers costs the page
 * before anything is drawn: the reducer, the commit, and the table's lines sorted
 * by CPU; and the same where the order is made anew, as every 2.5 seconds.
 */
import { bench, describe } from "vitest";
import type { ServerMessage } from "../src/api/messages";
import { NO_FILTER } from "../src/components/filter/filter";
import { Lines } from "../src/features/containers/model/lines";
import { LiveStore } from "../src/store/liveStore";
import { ManualFrames, ManualTime } from "../src/testing/manual";
import { container, keyOf, snapshot, welcome } from "../src/testing/samples";
import { initialConnection } from "../src/transport/connection";
import { QualityMeter } from "../src/transport/quality";

const ROWS = 10_000;
const CHANGES = 20;
const SHOWN = Array.from({ length: 36 }, (_, i) => i + 1);
/** Ids whose order says nothing of the rows'. */
const idOf = (row: number) => ((row * 2_654_435_761) % 2 ** 32).toString(16).padStart(64, "0");

function page() {
  const clock = new ManualTime();
  const frames = new ManualFrames();
  const store = new LiveStore({
    clock,
    frames,
    connection: initialConnection(clock),
    quality: new QualityMeter(clock).snapshot(),
  });
  const lines = new Lines();
  const all = Array.from({ length: ROWS }, (_, i) => container(idOf(i + 1), i + 1));
  let seq = 1;
  let metricsSeq = 0;
  const figures = (rows: readonly number[], rest: boolean): ServerMessage => ({
    type: "metrics",
    topic: "metrics",
    seq: ++metricsSeq,
    at: 0,
    rest,
    rows: [...rows],
    cols: { cpu: { v: rows.map(() => Math.floor(Math.random() * 40_000)) } },
  });
  const show = (resort: boolean) => {
    clock.jump(1_000);
    frames.draw();
    const sight = { metrics: store.metrics, now: () => 0, cpuPercent: () => 0, engineName: (id: string) => id };
    const options = { filter: NO_FILTER, sight, grouped: false, collapsed: new Set<string>(), resort };
    lines.update(store.view().containers, store.metrics, { ...options, sort: { id: "cpu", desc: true } });
  };
  store.opened(["containers", "events", "metrics"]);
  store.receive(
    [
      welcome(),
      ...snapshot("containers", seq, all),
      figures(
        all.map((c) => c.row),
        true,
      ),
    ],
    0,
  );
  show(true);
  return (resort: boolean) => {
    const from = seq;
    seq += CHANGES;
    const changed: Record<string, { set: Record<string, unknown> }> = {};
    for (let i = 0; i < CHANGES; i++) {
      const state = Math.random() < 0.5 ? "exited" : "running";
      changed[keyOf(idOf(1 + Math.floor(Math.random() * ROWS)))] = { set: { state } };
    }
    store.receive([{ type: "delta", topic: "containers", from, seq, changed }, figures(SHOWN, false)], 0);
    show(resort);
  };
}

const tick = page();

describe(`${CHANGES} changes among ${ROWS} containers, sorted by CPU`, () => {
  bench("a tick, up to the lines of the table", () => tick(false));
  bench("a tick that makes the order anew", () => tick(true));
});
