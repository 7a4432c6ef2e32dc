import { describe, expect, it } from "vitest";
import type { Event, Series } from "../../../api/types.gen";
import { timeText } from "./axis";
import { gapsOf } from "./gaps";
import { History } from "./history";
import { fillEvery, idleOfEvents, marginOf, momentNote, momentRange, paceOf, windowAround } from "./moment";
import { pictureOf } from "./picture";
import { clockIn, readoutText } from "./readout";

const T0 = Date.parse("2026-11-23T20:00:00Z");
const S = 1000;
const MIN = 60 * S;
const DAY = 24 * 60 * MIN;

function series(at: number[], stepSeconds = 1, cpu: (number | null)[] = at.map(() => 100)): Series {
  return { engine: "e", id: "c", stepSeconds, at, cols: { cpu }, from: T0 - DAY };
}

function event(action: string, at: number): Event {
  return {
    time: new Date(at).toISOString(),
    engine: "e",
    kind: "container",
    action,
    detail: "",
    id: "c",
    name: "web",
    attributes: {},
    inferred: false,
    seq: 0,
  };
}

describe("the window around a moment", () => {
  it("has it in its middle, and what is still to come is not in it", () => {
    expect(windowAround(T0, "15m", T0 + DAY)).toEqual({ from: T0 - 450 * S, to: T0 + 450 * S });
    expect(windowAround(T0, "15m", T0 + 10 * S)).toEqual({ from: T0 - 890 * S, to: T0 + 10 * S });
  });

  it("around now is all of the past, a week of it too, and is not read anew before there is more to see", () => {
    expect(windowAround(T0, "7d", T0)).toEqual({ from: T0 - 7 * DAY, to: T0 });
    expect(momentRange("7d", 0)).toBe("7d");
    expect(fillEvery("5m")).toBe(5 * S);
    expect(fillEvery("7d")).toBe((7 * DAY) / 1000);
  });

  it("of more than a day has days at its axis and under the cursor", () => {
    const midnight = new Date(2026, 10, 23).getTime();
    expect(timeText(midnight, 12 * 60 * MIN)).toBe("23 Nov");
    expect(timeText(midnight + DAY / 2, 12 * 60 * MIN)).toBe("12:00");
    expect(timeText(midnight, 6 * 60 * MIN)).toBe("00:00");
    expect(timeText(midnight, DAY)).toBe("23 Nov");
    expect(clockIn({ from: midnight, to: midnight + 7 * DAY }, midnight)).toBe("23 Nov 00:00:00");
    expect(clockIn({ from: midnight, to: midnight + DAY }, midnight)).toBe("00:00:00");
  });

  it("is as wide as was asked, or as there is something to see in", () => {
    expect(momentRange("6h", MIN)).toBe("6h");
    expect([null, "1m", "7w"].map((asked) => momentRange(asked, MIN))).toEqual(["5m", "5m", "5m"]);
    expect([DAY / 2, 2 * DAY, 30 * DAY].map((age) => momentRange(null, age))).toEqual(["15m", "1h", "6h"]);
  });

  it("has no gap at its edges, and one where two stretches are missing", () => {
    for (const [step, range] of [
      [10, "15m"],
      [60, "1h"],
      [600, "6h"],
    ] as const) {
      const w = windowAround(T0, range, T0 + DAY);
      const margin = marginOf(range);
      const all: number[] = [];
      for (let at = Math.ceil((w.from - margin) / step / S) * step * S; at < w.to + margin; at += step * S)
        all.push(at);
      const rest = { now: w.to, ...paceOf(step === 10 ? 1 : step, S, 10 * S), watched: [], downs: [], idle: [] };
      expect(gapsOf({ at: all, ...rest }, w.from, w.to)).toEqual([]);
      const middle = all.findIndex((at) => at >= T0);
      const cut = all.filter((_, i) => i !== middle && i !== middle + 1);
      expect(gapsOf({ at: cut, ...rest }, w.from, w.to)).toHaveLength(1);
    }
  });

  it("knows of one that is gone when it did not run", () => {
    const ran = ["create", "start", "die", "start", "die", "destroy"].map((a, i) => event(a, T0 + i * MIN));
    expect(idleOfEvents(ran)).toEqual([
      { from: Number.NEGATIVE_INFINITY, to: T0 },
      { from: T0, to: T0 + MIN },
      { from: T0 + 2 * MIN, to: T0 + 3 * MIN },
      { from: T0 + 4 * MIN, to: Number.POSITIVE_INFINITY },
    ]);
    expect(idleOfEvents([])).toEqual([]);
  });

  it("is marked in the picture, and under the cursor", () => {
    const history = new History();
    history.fill(series([T0 - S, T0, T0 + S]), S);
    const facts = { now: T0 + MIN, tickMs: S, restMs: 10 * S, downs: [], idle: [] };
    const p = pictureOf(history, facts, [], T0 - MIN, T0 + MIN, T0);
    expect(readoutText(p, T0 + S)).toContain("the moment");
    expect(readoutText({ ...p, moment: null }, T0 + S)).not.toContain("the moment");
  });
});

describe("what is said of a moment", () => {
  const window = { from: T0 - 5 * MIN, to: T0 + 5 * MIN };
  const now = T0 + 40 * DAY;
  const note = (s: Series, at = T0) => momentNote(s, at, window, now);

  it("is nothing where the picture says it all", () => {
    expect(note(series([T0 - S, T0]))).toBe("");
    expect(note(series([T0], 600))).toContain("the mean of 10 minutes");
    expect(note(series([T0], 60))).toContain("the mean of a minute");
  });

  it("is plain where nothing is there any more, or is not yet", () => {
    expect(note(series([]))).toContain("No metrics are known around this moment");
    expect(note(series([T0], 1, [null]))).toContain("No metrics are known around this moment");
    expect(note({ ...series([]), from: T0 + DAY })).toContain("are kept: those of this container begin at 2026-11-24");
    expect(note(series([T0]), now + DAY)).toContain("still to come");
  });
});
