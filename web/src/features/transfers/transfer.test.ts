import { describe, expect, it } from "vitest";
import type { Job, JobLayer, JobProgress } from "../../api/types.gen";
import {
  bytesText,
  isTransfer,
  layerFraction,
  layersText,
  outcomeText,
  progressParts,
  type Transfer,
  transferTitle,
} from "./transfer";

const MIB = 1024 * 1024;

function pull(change: Partial<Job> = {}): Transfer {
  const job: Job = {
    id: "j1",
    kind: "pull",
    subject: "alpine:3.20",
    engine: "e1",
    options: {},
    project: "",
    by: { name: "launch", client: "tab-1" },
    state: "running",
    startedAt: "2026-11-23T14:00:00Z",
    endedAt: null,
    items: [],
    next: 0,
    running: [],
    failures: [],
    progress: null,
    error: null,
    result: null,
    ...change,
  };
  if (!isTransfer(job)) throw new Error("not one of one thing");
  return job;
}

function progress(change: Partial<JobProgress> = {}): JobProgress {
  return {
    phase: "downloading",
    fraction: 0.25,
    currentBytes: 10 * MIB,
    totalBytes: 40 * MIB,
    bytesPerSecond: null,
    etaSeconds: null,
    layers: [],
    ...change,
  };
}

function layer(phase: JobLayer["phase"], currentBytes = 0, totalBytes: number | null = null): JobLayer {
  return { id: "a1b2c3", phase, currentBytes, totalBytes };
}

describe("a transfer", () => {
  it("says what it does, did, or could not do", () => {
    expect(transferTitle(pull())).toBe("Pulling alpine:3.20");
    expect(transferTitle(pull({ state: "done" }))).toBe("Pulled alpine:3.20");
    expect(transferTitle(pull({ state: "failed" }))).toBe("Could not pull alpine:3.20");
    expect(transferTitle(pull({ state: "cancelled", kind: "push" }))).toBe("Cancelled: push alpine:3.20");
  });

  it("tells of rate and time left only what is known", () => {
    expect(progressParts(pull())).toEqual(["preparing"]);
    expect(progressParts(pull({ progress: progress() }))).toEqual(["downloading", "10.0 MiB of 40.0 MiB"]);
    const waits = { id: "b", phase: "waiting", currentBytes: 0, totalBytes: null } as const;
    expect(progressParts(pull({ progress: progress({ layers: [waits] }) }))).toEqual([
      "downloading",
      "10.0 MiB of at least 40.0 MiB",
    ]);
    expect(progressParts(pull({ progress: progress({ layers: [{ ...waits, phase: "exists" }] }) }))).toEqual([
      "downloading",
      "10.0 MiB of 40.0 MiB",
    ]);
    expect(progressParts(pull({ progress: progress({ bytesPerSecond: 3_000_000, etaSeconds: 10.2 }) }))).toEqual([
      "downloading",
      "10.0 MiB of 40.0 MiB",
      "3.00 MB/s",
      "11 s left",
    ]);
    expect(progressParts(pull({ progress: progress({ etaSeconds: 0.01 }) }))).toContain("1 s left");
    expect(
      progressParts(pull({ progress: progress({ phase: "preparing", currentBytes: 0, totalBytes: null }) })),
    ).toEqual(["preparing"]);
  });

  it("has the engine's own words in full, once", () => {
    const error = {
      code: "unauthorized",
      message: "The registry refused.",
      engine: "denied: access forbidden",
    } as const;
    expect(outcomeText(pull({ state: "failed", error }))).toBe(
      "The registry refused. Docker said: “denied: access forbidden”",
    );
    const same = { ...error, message: "denied: access forbidden" };
    expect(outcomeText(pull({ state: "failed", error: same }))).toBe("denied: access forbidden");
    expect(outcomeText(pull({ state: "done", result: { message: "Up to date." } }))).toBe("Up to date.");
  });
});

describe("a layer", () => {
  it("has a bar from 0 to 1, or none while its size is not known", () => {
    expect(layerFraction(layer("waiting"))).toBeNull();
    expect(layerFraction(layer("downloading", 5, 10))).toBe(0.5);
    expect(layerFraction(layer("downloading", 12, 10))).toBe(1);
    expect(layerFraction(layer("exists"))).toBe(1);
    expect(layerFraction(layer("extracting", 0, 0))).toBeNull();
  });

  it("is counted once it is done or was there already", () => {
    expect(layersText([layer("done"), layer("exists"), layer("downloading")])).toBe("2 of 3 layers");
    expect(layersText([layer("waiting")])).toBe("0 of 1 layer");
  });

  it("has a size in words", () => {
    expect(bytesText(0, null)).toBe("");
    expect(bytesText(2048, null)).toBe("2.00 KiB");
    expect(bytesText(0, 2048)).toBe("0 B of 2.00 KiB");
  });
});
