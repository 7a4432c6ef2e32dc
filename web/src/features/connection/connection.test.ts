import { describe, expect, it } from "vitest";
import type { EngineStatus } from "../../api/types.gen";
import type { ConnectionState } from "../../transport/connection";
import { diagnostics } from "./diagnostics";
import { hopVerdict } from "./hops";
import { countdownText, pillView } from "./pillView";

const link = {
  phase: "live" as ConnectionState["phase"],
  rtt: 4.2,
  retryAt: null as number | null,
  lastFrameAt: null as number | null,
  pollEveryMs: null as number | null,
  reason: null as ConnectionState["reason"],
};
const since = new Date(2026, 10, 23, 14, 2, 7).toISOString();

const engine: EngineStatus = {
  id: "e1",
  name: "laptop",
  version: "20.10.24",
  apiVersion: "1.41",
  os: "linux",
  arch: "amd64",
  host: "tcp://secret.example:2376",
  origin: "flag",
  state: "connected",
  since,
  error: "",
  errorCode: "" as EngineStatus["errorCode"],
  demo: false,
  metricsSource: "cgroup v2",
  metricsReason: "",
  cpus: 8,
  memoryBytes: 1,
  cgroupVersion: "2",
  cgroupDriver: "systemd",
  rttSeconds: 0.001,
  clockOffsetSeconds: 0,
  resyncs: 0,
};
const down: EngineStatus = { ...engine, state: "unreachable" };

describe("the pill", () => {
  it.each([
    ["idle", "closed", "Disconnected"],
    ["connecting", "connecting", "Connecting…"],
    ["live", "live", "Live · 4 ms"],
    ["slow", "slow", "Live · slow (4.2 ms)"],
    ["silent", "silent", "No answer"],
    ["syncing", "syncing", "Catching up…"],
    ["polling", "polling", "Polling"],
    ["reconnecting", "reconnecting", "Reconnecting…"],
    ["offline", "offline", "Offline"],
    ["signin", "signin", "Sign in again"],
    ["update", "update", "Reload to update"],
    ["closed", "closed", "Disconnected"],
  ] as const)("while %s is %s: %s", (phase, state, text) => {
    expect(pillView({ ...link, phase }, [engine])).toMatchObject({ state, text });
  });

  it("counts down beside its text, not in what is announced", () => {
    const view = pillView({ ...link, phase: "reconnecting", retryAt: 10_000 }, [engine]);
    expect(view).toMatchObject({ text: "Reconnecting", retryAt: 10_000, action: "retry" });
    expect(view.announcement).not.toMatch(/\d/);
    expect(countdownText(10_000, 6_200)).toBe(" in 4 s");
    expect(countdownText(10_000, 10_000)).toBe("…");
  });

  it("says from when the data is while offline", () => {
    const lastFrameAt = new Date(2026, 10, 23, 14, 2, 7).getTime();
    expect(pillView({ ...link, phase: "offline", lastFrameAt }, []).text).toBe("Offline · data from 14:02:07");
    expect(pillView({ ...link, phase: "silent", lastFrameAt }, []).text).toBe("No answer since 14:02:07");
  });

  it("has a state of its own for the engine, and only while the link works", () => {
    expect(pillView(link, [down])).toMatchObject({ state: "engine-down", text: "Docker unreachable · since 14:02" });
    expect(pillView({ ...link, phase: "offline" }, [down]).state).toBe("offline");
    expect(pillView(link, [engine, { ...down, id: "e2", name: "nas" }]).text).toBe(
      "Docker on nas unreachable · since 14:02",
    );
    expect(pillView(link, [down, { ...down, id: "e2" }]).text).toBe("2 engines unreachable · since 14:02");
  });

  it("polls at the pace it has, and an engine that is down stands before that too", () => {
    expect(pillView({ ...link, phase: "polling", pollEveryMs: 5_200 }, [engine]).text).toBe("Polling every 5 s");
    expect(pillView({ ...link, phase: "polling", pollEveryMs: 400 }, [engine]).text).toBe("Polling every 1 s");
    expect(pillView({ ...link, phase: "polling" }, [down]).state).toBe("engine-down");
  });

  it("offers what helps", () => {
    const action = (change: Partial<typeof link>) => pillView({ ...link, ...change }, [engine]).action;
    expect(action({ phase: "live" })).toBeNull();
    expect(action({ phase: "idle" })).toBe("connect");
    expect(action({ phase: "offline" })).toBe("retry");
    expect(action({ phase: "update" })).toBe("reload");
    expect(action({ phase: "closed", reason: { code: 4409, text: "" } })).toBe("take-over");
    expect(action({ phase: "closed", reason: { code: 4400, text: "" } })).toBe("connect");
  });

  it("announces the state, not its round trips", () => {
    const first = pillView({ ...link, rtt: 4 }, [engine]).announcement;
    expect(pillView({ ...link, rtt: 40 }, [engine]).announcement).toBe(first);
  });
});

describe("the verdict", () => {
  it("tells the hops apart", () => {
    expect(hopVerdict("live", [engine])).toMatch(/both hops are fine/i);
    expect(hopVerdict("live", [{ ...engine, rttSeconds: 2 }])).toMatch(/Quaywatch to laptop is slow/);
    expect(hopVerdict("slow", [engine])).toMatch(/page to Quaywatch is slow/);
    expect(hopVerdict("engine-down", [down])).toMatch(/does not reach the engine/);
    expect(hopVerdict("reconnecting", [engine])).toMatch(/page does not reach/);
  });
});

describe("diagnostics", () => {
  it("hold the facts and no secret", () => {
    const text = diagnostics({
      state: {
        ...link,
        transport: "websocket",
        since: 0,
        attempt: 0,
        reason: { code: 1006, text: "no way to https://me:pw@secret.example/#token=qw_abc" },
        why: null,
        nextProbeAt: null,
      },
      quality: {
        rtts: [1, 2],
        rttP50: 1,
        rttP95: 2,
        jitter: 1,
        messagesPerSecond: 1,
        bytesPerSecond: 1,
        messages: 1,
        bytes: 1,
        reconnects: 3,
        gaps: 0,
        resyncs: 0,
        missedBeats: 0,
        stalls: 0,
        malformed: 0,
        coalesced: 0,
        skipped: 0,
        polls: 0,
        probes: 0,
      },
      engines: [engine],
      server: null,
      trouble: [{ at: 0, what: "refused", detail: "wss://secret.example/api?token=qw_abc was refused" }],
      browser: "test",
      time: "now",
    });
    expect(JSON.parse(text)).toMatchObject({ link: { phase: "live" }, quality: { reconnects: 3 } });
    expect(text).toContain("20.10.24");
    expect(text).not.toContain("secret.example");
    expect(text).not.toContain("qw_abc");
    expect(text).toContain("was refused");
  });
});
