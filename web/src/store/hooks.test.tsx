import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { ApiClient } from "../api/client";
import { ManualFrames, ManualSignals, ManualTime, ManualTroubles } from "../testing/manual";
import {
  alert,
  container,
  diskUsage,
  engine,
  event,
  job,
  keyOf,
  server,
  snapshot,
  volume,
  welcome,
} from "../testing/samples";
import { FakeNetwork } from "../transport/fakeSocket";
import type { LinkPhase } from "../transport/link";
import {
  LiveProvider,
  useConnection,
  useConnectionState,
  useDiskUsage,
  useEngines,
  useLive,
  useLiveAlerts,
  useLiveContainer,
  useLiveContainers,
  useLiveEvents,
  useLiveImages,
  useLiveJobs,
  useLiveNetworks,
  useLiveVolumes,
  useMetrics,
  useMetricsVersion,
  useServer,
  useTimedText,
  useTrouble,
} from "./hooks";
import { knownUntil } from "./knownUntil";
import { createLive, type Live } from "./live";
import { useLastKnown } from "./useLastKnown";

const PHASES: readonly LinkPhase[] = [
  "idle",
  "connecting",
  "syncing",
  "live",
  "slow",
  "silent",
  "polling",
  "reconnecting",
  "offline",
  "signin",
  "update",
  "closed",
];

/** A page's live data over a fake network, caught up. */
async function caughtUp(): Promise<{ live: Live; frames: ManualFrames }> {
  const time = new ManualTime();
  const frames = new ManualFrames();
  const network = new FakeNetwork();
  const ok = () => Promise.resolve({ ok: true } as const);
  const live = createLive("0.1.0", {
    clock: time,
    timers: time,
    frames,
    signals: new ManualSignals(),
    open: network.open,
    client: new ApiClient({ fetch: () => Promise.reject(new Error("no network here")) }),
    auth: { prepare: ok, check: ok, signIn: ok, giveBack() {} },
    random: () => 0,
    url: "ws://server/api/v1/stream",
    clientId: "tab-1",
    troubles: new ManualTroubles(),
  });
  live.connection.connect();
  await Promise.resolve();
  await Promise.resolve();
  network.last.open();
  live.connection.follow("volumes");
  live.watch.set("test", { rows: [1], columns: ["cpu"], restEveryMs: 0 });
  time.advance(100);
  network.last.frame([
    welcome(),
    ...snapshot("containers", 1, [container("a", 1)]),
    ...snapshot("system", 1, [
      { key: "server", server: server() },
      { key: "e", engine: engine() },
      { key: "e/disk", diskUsage: diskUsage() },
    ]),
    ...snapshot("volumes", 1, [volume("data")]),
    ...snapshot("jobs", 1, [job(3, 1)]),
    ...snapshot("alerts", 1, [alert("al-1")]),
    ...snapshot("events", 1, [event(1)]),
    { type: "subbed", id: 4, topic: "metrics", recovered: false, seq: 0 },
    { type: "metrics", topic: "metrics", seq: 1, at: 1, rows: [1], cols: { cpu: { v: [1250] } } },
  ]);
  frames.draw();
  expect(network.last.sent.at(-2)).toMatchObject({ topic: "metrics", filter: { rows: [1], cols: ["cpu"] } });
  live.trouble.add("lost", "The connection ended");
  return { live, frames };
}

function render(live: Live, use: () => ReactNode): string {
  const Probe = () => use();
  return renderToStaticMarkup(
    <LiveProvider value={live}>
      <Probe />
    </LiveProvider>,
  );
}

test("each hook reads its part of the store", async () => {
  const { live } = await caughtUp();
  const read: [string, () => ReactNode][] = [
    ["live", () => useConnectionState().phase],
    ["live", () => useConnection().state.phase],
    ["laptop", () => useEngines().map((e) => e.name)],
    ["laptop", () => useConnection().engines.map((e) => e.name)],
    ["name-a", () => useLiveContainers().entries.map((e) => e.container.name)],
    ["name-a", () => useLiveContainer(keyOf("a"))?.container.name],
    ["none", () => useLiveContainer(keyOf("z"))?.container.name ?? "none"],
    ["die", () => useLiveEvents().rows.map((r) => (r.kind === "event" ? r.event.action : r.kind))],
    ["j-1", () => useLiveJobs().map((j) => j.id)],
    [
      "data",
      () =>
        useLiveVolumes()
          .entries.values()
          .map((v) => v.name),
    ],
    ["Unhealthy", () => [...useLiveAlerts().entries.values()].map((a) => a.rule)],
    ["false", () => String(useLiveImages().loaded)],
    ["false", () => String(useLiveNetworks().loaded)],
    ["0 B", () => useDiskUsage().map((d) => `${d.images.totalBytes} B`)],
    ["0.1.0 admin", () => `${useServer().server?.version} ${useServer().role}`],
    ["1250", () => useMetrics().read(1, "cpu")],
    ["1", () => useMetricsVersion()],
    ["2026-11-23T14:02:07.000Z", () => useTimedText((now) => new Date(now).toISOString())],
    ["lost", () => useTrouble().map((t) => t.what)],
    ["true", () => String(useLive() === live)],
  ];
  for (const [want, use] of read) expect(render(live, use)).toBe(want);
  live.connection.disconnect();
});

test("what is known, and until when, while nothing comes", async () => {
  const { live, frames } = await caughtUp();
  const { store, clock } = live;
  const known = () =>
    render(live, () => {
      const last = useLastKnown();
      return last === "all" ? last : [...last].join();
    });
  const { connection, quality } = store.view();
  const heard = clock.wall() - 5_000;
  const until: Record<string, number> = {};
  for (const phase of PHASES) {
    store.report({ ...connection, phase, lastFrameAt: heard }, quality, false);
    frames.draw();
    until[phase] = knownUntil(live, "e") - store.serverNow();
    const linked = until[phase] === 0;
    expect(known(), phase).toBe(linked ? "" : "all");
  }
  expect(Object.keys(until).filter((phase) => until[phase] === 0)).toEqual([
    "syncing",
    "live",
    "slow",
    "silent",
    "polling",
  ]);
  expect(until["idle"], "disconnected by hand").toBe(-5_000);
  live.connection.disconnect();
});

test("without a provider the mistake is named", () => {
  const Probe = () => useServer().role;
  expect(() => renderToStaticMarkup(<Probe />)).toThrow("no LiveProvider");
});
