import { describe, expect, it } from "vitest";
import type { Series } from "../../api/types.gen";
import { ManualTime } from "../../testing/manual";
import { TestMetrics, testContainer } from "../../testing/testContainer";
import { samplesOf, Trends, WINDOW_MS } from "./trends";

const c = testContainer({ row: 1 });

function setUp(past: (key: string) => Promise<Series>) {
  const time = new ManualTime(500_000);
  const metrics = new TestMetrics();
  const trends = new Trends({ metrics, timers: time, now: () => time.now(), serverNow: () => time.wall(), past });
  const sample = (cpu: number) => {
    metrics.set(1, "cpu", cpu);
    metrics.set(1, "mem", cpu * 10);
    metrics.setAge(1, 0);
    return trends.ring("e1/web", c);
  };
  return { time, metrics, trends, sample };
}

const never = () => new Promise<Series>(() => {});
const heard = async () => {
  for (let i = 0; i < 5; i++) await Promise.resolve();
};

describe("trends", () => {
  it("have each reading once, however often they are looked at", () => {
    const { time, sample, trends, metrics } = setUp(never);
    sample(100);
    trends.ring("e1/web", c);
    time.advance(1000);
    metrics.setAge(1, 1000);
    trends.ring("e1/web", c);
    const ring = sample(200);
    expect(samplesOf(ring).map((s) => [s.cpu, s.mem])).toEqual([
      [100, 1000],
      [200, 2000],
    ]);
  });

  it("keep what a window holds, the oldest first", () => {
    const { time, sample } = setUp(never);
    let ring = sample(0);
    for (let i = 1; i < 1000; i++) {
      time.advance(1000);
      ring = sample(i);
    }
    const cpu = samplesOf(ring).map((s) => s.cpu);
    expect(cpu.at(-1)).toBe(999);
    expect(cpu).toEqual([...cpu].sort((a, b) => a - b));
    expect(cpu.length).toBeGreaterThanOrEqual(WINDOW_MS / 1000);
    expect(cpu.length).toBeLessThan(200);
  });

  it("begin with the server's memory, before what came meanwhile", async () => {
    const asked: string[] = [];
    const { time, sample } = setUp(async (key) => {
      asked.push(key);
      const at = [-200_000, -20_000, -10_000, 0].map((ms) => time.wall() + ms);
      return { engine: "e1", id: "web", stepSeconds: 1, at, cols: { cpu: [9, 1, null, 7] }, from: 0 };
    });
    const ring = sample(50);
    time.advance(1000);
    sample(60);
    await heard();
    expect(asked).toEqual(["e1/web"]);
    // Older than the window, and what was known here already, are left out.
    expect(samplesOf(ring).map((s) => s.cpu)).toEqual([1, Number.NaN, 50, 60]);
    sample(60);
    time.advance(5000);
    expect(asked).toHaveLength(1);
  });

  it("are asked for a few at a time, those scrolled to last first", () => {
    const asked: string[] = [];
    const { time, trends } = setUp((key) => {
      asked.push(key);
      return never();
    });
    for (let i = 0; i < 10; i++) trends.ring(`e1/${i}`, c);
    expect(asked).toEqual([]);
    time.advance(400);
    expect(asked).toEqual(["e1/6", "e1/7", "e1/8", "e1/9"]);
    time.advance(5000);
    expect(asked).toHaveLength(10);
    trends.close();
    trends.ring("e1/x", c);
    expect(time.waiting).toBe(1);
  });

  it("live without a server's memory", async () => {
    const { time, sample } = setUp(() => Promise.reject(new Error("404")));
    const ring = sample(1);
    time.advance(1000);
    await heard();
    expect(samplesOf(ring)).toHaveLength(1);
  });
});
