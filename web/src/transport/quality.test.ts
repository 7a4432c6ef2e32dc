import { expect, test } from "vitest";
import type { ServerMessage } from "../api/messages";
import { ManualTime } from "../testing/manual";
import { QualityMeter, quantile, RTT_WINDOW } from "./quality";

test("nothing is known of nothing", () => {
  const q = new QualityMeter(new ManualTime()).snapshot();
  expect(q).toMatchObject({ rttP50: null, rttP95: null, jitter: null, messagesPerSecond: 0, rtts: [] });
});

test("round trips: quantiles by nearest rank, jitter as the mean change, a bounded window", () => {
  const meter = new QualityMeter(new ManualTime());
  for (let i = 1; i <= 20; i++) meter.rtt(i % 2 === 0 ? 10 : 4);
  expect(meter.snapshot()).toMatchObject({ rttP50: 4, rttP95: 10, jitter: 6 });
  for (let i = 0; i < 1_000; i++) meter.rtt(1);
  expect(meter.snapshot().rtts).toHaveLength(RTT_WINDOW);
  expect(meter.snapshot().rttP95).toBe(1);
  expect([0.5, 0.95, 1].map((p) => quantile([1, 2, 3, 4], p))).toEqual([2, 4, 4]);
});

test("rates are those of the last five whole seconds, and fade", () => {
  const time = new ManualTime(10_000);
  const meter = new QualityMeter(time);
  for (let s = 0; s < 8; s++) {
    for (let i = 0; i < 10; i++) meter.frame(100, 2);
    time.advance(1_000);
  }
  expect(meter.snapshot()).toMatchObject({ messagesPerSecond: 20, bytesPerSecond: 1_000, messages: 160, bytes: 8_000 });
  time.advance(3_000);
  expect(meter.snapshot().messagesPerSecond).toBe(8);
  time.advance(3_000);
  expect(meter.snapshot().messagesPerSecond).toBe(0);
});

test("what went wrong is counted", () => {
  const meter = new QualityMeter(new ManualTime());
  meter.count("gaps");
  meter.count("malformed", 3);
  expect(meter.snapshot()).toMatchObject({ gaps: 1, malformed: 3, resyncs: 0 });
});

test("what the server merged and left out is counted over connections, by its pings", () => {
  const meter = new QualityMeter(new ManualTime());
  const ping = (n: number, coalesced?: number, skipped?: number) =>
    ({ type: "ping", n, coalesced, skipped }) as unknown as ServerMessage;
  const welcome = { type: "welcome" } as unknown as ServerMessage;
  meter.received([welcome, ping(1)]);
  expect(meter.snapshot()).toMatchObject({ coalesced: 0, skipped: 0 });
  meter.received([ping(2, 3, 1), ping(3, 5, 1)]);
  expect(meter.snapshot()).toMatchObject({ coalesced: 5, skipped: 1 });
  meter.received([welcome, ping(1), ping(2, 2, 4)]);
  expect(meter.snapshot()).toMatchObject({ coalesced: 7, skipped: 5 });
  meter.received([ping(3, 1, 4)]);
  expect(meter.snapshot()).toMatchObject({ coalesced: 7, skipped: 5 });
});
