import { describe, expect, it } from "vitest";
import { labelGroups } from "../../../components/sections/labels";
import { commandText, envOf, healthOf, limitsOf, mountsOf, networksOf } from "./document";

describe("the engine's inspect document", () => {
  it("gives mounts by where they stand", () => {
    const doc = {
      Mounts: [
        { Type: "volume", Name: "data", Source: "/var/lib/docker/volumes/data/_data", Destination: "/data", RW: true },
        { Type: "bind", Source: "/etc", Destination: "/a", Mode: "ro", RW: false },
        "nonsense",
      ],
    };
    expect(mountsOf(doc).map((m) => [m.destination, m.type, m.source, m.writable])).toEqual([
      ["/a", "bind", "/etc", false],
      ["/data", "volume", "data", true],
    ]);
  });

  it("gives networks with all of their addresses", () => {
    const front = {
      IPAddress: "10.1.0.2",
      IPPrefixLen: 24,
      GlobalIPv6Address: "fd00::2",
      GlobalIPv6PrefixLen: 64,
      Gateway: "10.1.0.1",
      MacAddress: "02:42",
      Aliases: null,
    };
    expect(networksOf({ NetworkSettings: { Networks: { none: {}, front } } })).toEqual([
      { name: "front", addresses: ["10.1.0.2/24", "fd00::2/64"], gateway: "10.1.0.1", mac: "02:42", aliases: [] },
      { name: "none", addresses: [], gateway: "", mac: "", aliases: [] },
    ]);
  });

  it("gives the checks newest first, with how long they took", () => {
    const log = (start: string, end: string, code: number) => ({ Start: start, End: end, ExitCode: code, Output: "x" });
    const health = healthOf({
      Config: { Healthcheck: { Test: ["CMD-SHELL", "test -e /ok"] } },
      State: {
        Health: {
          FailingStreak: 2,
          Log: [log("2026-11-23T14:00:00Z", "2026-11-23T14:00:00.050Z", 0), log("2026-11-23T14:00:02Z", "never", 1)],
        },
      },
    });
    expect(health?.test).toBe("test -e /ok");
    expect(health?.failingStreak).toBe(2);
    expect(health?.log.map((l) => [l.exitCode, l.milliseconds])).toEqual([
      [1, null],
      [0, 50],
    ]);
    expect(healthOf({ State: {} })).toBeNull();
    expect(healthOf({ State: { Health: { Status: "", FailingStreak: 0, Log: null } } })).toBeNull();
  });

  it("gives limits where there are any", () => {
    const host = { NanoCpus: 0, CpuQuota: 50_000, CpuPeriod: 0, Memory: 1024, MemorySwap: -1, PidsLimit: 0 };
    expect(limitsOf({ HostConfig: host })).toEqual([
      { name: "CPU", value: { text: "0.5 cores" } },
      { name: "Memory", value: { bytes: 1024 } },
      { name: "Memory and swap", value: { text: "unlimited" } },
    ]);
    expect(limitsOf({})).toEqual([]);
  });

  it("gives the environment by name and never a value", () => {
    expect(envOf({ Config: { Env: ["A=••••", "B=", "C"] } })).toEqual([
      { name: "A", set: true },
      { name: "B", set: false },
      { name: "C", set: false },
    ]);
    expect(envOf({ Config: null })).toEqual([]);
  });
});

it("a command is written as somebody would type it", () => {
  expect(commandText(["nginx", "-g", "daemon off;"])).toBe("nginx -g 'daemon off;'");
  expect(commandText(["echo", "it's"])).toBe(`echo 'it'\\''s'`);
  expect(commandText(["only one word with blanks"])).toBe("only one word with blanks");
});

describe("labels", () => {
  const labels = {
    team: "core",
    "com.docker.compose.project": "shop",
    "org.opencontainers.image.title": "web",
    "com.example.tier": "front",
  };

  it("stand by who uses them, one's own first", () => {
    expect(labelGroups(labels, "").map((g) => g.title)).toEqual([
      "Own",
      "Docker Compose",
      "Image (OCI)",
      "com.example",
    ]);
  });

  it("are found by name and by value", () => {
    expect(labelGroups(labels, "SHOP").flatMap((g) => g.labels.map((l) => l.name))).toEqual([
      "com.docker.compose.project",
    ]);
    expect(labelGroups(labels, "tier")).toHaveLength(1);
    expect(labelGroups(labels, "nothing")).toEqual([]);
  });
});
