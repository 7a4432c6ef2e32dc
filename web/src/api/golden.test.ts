import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeFrame } from "../transport/decode";
import { conform } from "./check";
import { COLUMNS } from "./columns.gen";
import type { ServerMessage } from "./messages";
import type { MetricsFrame } from "./types.gen";

const dir = new URL("../../../api/golden/", import.meta.url);

function read(name: string): string {
  return readFileSync(new URL(`${name}.json`, dir), "utf8");
}

/** What the server says, by file; each is also a frame. */
const FROM_SERVER: Record<string, ServerMessage["type"][]> = {
  array: ["ping", "mark"],
  "delta-added": ["delta"],
  "delta-alerts": ["delta"],
  "delta-changed": ["delta"],
  "delta-events": ["delta"],
  "delta-images": ["delta"],
  "delta-jobs": ["delta"],
  "delta-networks": ["delta"],
  "delta-removed": ["delta"],
  "delta-volumes": ["delta"],
  error: ["error"],
  logs: ["logs"],
  mark: ["mark"],
  metrics: ["metrics"],
  "metrics-rest": ["metrics"],
  "metrics-unchanged": ["metrics"],
  ping: ["ping"],
  "ping-counted": ["ping"],
  pong: ["pong"],
  resync: ["resync"],
  "snap-alerts": ["snap"],
  "snap-containers": ["snap"],
  "snap-events": ["snap"],
  "snap-images": ["snap"],
  "snap-jobs": ["snap"],
  "snap-networks": ["snap"],
  "snap-system": ["snap"],
  "snap-volumes": ["snap"],
  snapEnd: ["snapEnd"],
  subbed: ["subbed"],
  "subbed-recovered": ["subbed"],
  welcome: ["welcome"],
};

/** Resources, and what the client says: by file, the type they are of. */
const OTHERS: Record<string, string> = {
  ack: "Ack",
  alert: "Alert",
  container: "Container",
  event: "Event",
  "event-by-us": "Event",
  "exec-exit": "ExecExit",
  "exec-exit-idle": "ExecExit",
  "exec-input": "ExecText",
  "exec-open": "ExecOpen",
  "exec-open-command": "ExecOpen",
  "exec-opened": "ExecOpened",
  "exec-output": "ExecText",
  "exec-resize": "ExecResize",
  "exec-took": "ExecTook",
  hello: "Hello",
  image: "Image",
  job: "Job",
  "job-failed": "Job",
  "job-prune": "Job",
  "job-pull": "Job",
  "job-request": "JobRequest",
  "job-request-prune": "JobRequest",
  "job-request-pull": "JobRequest",
  network: "Network",
  problem: "Problem",
  "prune-plan": "PrunePlan",
  sample: "Sample",
  series: "Series",
  "sub-containers": "Sub",
  "sub-events": "Sub",
  "sub-from": "Sub",
  "sub-logs": "Sub",
  "sub-metrics": "Sub",
  "sub-volumes": "Sub",
  system: "System",
  unsub: "Unsub",
  volume: "Volume",
};

test("every golden file is read by these tests", () => {
  const files = readdirSync(dir).map((f) => f.replace(/\.json$/, ""));
  expect(files.sort()).toEqual([...Object.keys(FROM_SERVER), ...Object.keys(OTHERS)].sort());
});

describe("what the server says is decoded whole", () => {
  for (const [name, types] of Object.entries(FROM_SERVER)) {
    test(name, () => {
      const { messages, malformed } = decodeFrame(read(name));
      expect(malformed).toBe(0);
      expect(messages.map((m) => m.type)).toEqual(types);
      // Nothing is lost or altered on the way.
      expect(messages).toEqual([JSON.parse(read(name))].flat());
    });
  }
});

describe("the rest is of its type", () => {
  for (const [name, type] of Object.entries(OTHERS)) {
    test(`${name} is a ${type}`, () => {
      const value: unknown = JSON.parse(read(name));
      expect(conform(value, type)).toEqual(value);
    });
  }
});

test("a golden that misses a field or has another kind of value is refused", () => {
  const whole = JSON.parse(read("container")) as Record<string, unknown>;
  for (const field of Object.keys(whole)) {
    const { [field]: _, ...without } = whole;
    expect(conform(without, "Container")).toBeNull();
    expect(conform({ ...whole, [field]: Symbol("other") }, "Container")).toBeNull();
  }
});

test("null lists and maps, as Go writes empty ones, are filled in", () => {
  const whole = JSON.parse(read("container")) as Record<string, unknown>;
  const bare = conform({ ...whole, ports: null, networks: null, labels: null }, "Container");
  expect(bare).toEqual({ ...whole, ports: [], networks: [], labels: {} });
});

test("the columns of the golden frames are known", () => {
  const names = new Set<string>(COLUMNS.map((c) => c.name));
  for (const file of ["metrics", "metrics-rest"]) {
    for (const name of Object.keys((JSON.parse(read(file)) as MetricsFrame).cols ?? {})) expect(names).toContain(name);
  }
  COLUMNS.forEach((c, i) => {
    expect(c.index).toBe(i);
  });
});
