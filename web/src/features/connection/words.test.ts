import { describe, expect, it, test, vi } from "vitest";
import type { EngineStatus } from "../../api/types.gen";
import { scrubbed } from "./diagnostics";
import { engineHop, pageHop } from "./hops";
import { signInWith } from "./secret";
import { dayText, lastedText, troubleLine } from "./troubleText";

describe("a hop", () => {
  const engine = { state: "connected", rttSeconds: 0.0011 } as EngineStatus;

  it("has a word beside its colour", () => {
    expect(pageHop("live", 12)).toEqual({ tone: "good", time: "12 ms", word: "fine" });
    expect(pageHop("slow", 850)).toEqual({ tone: "warn", time: "850 ms", word: "slow" });
    expect(pageHop("polling", 9)).toMatchObject({ tone: "warn", word: "polling" });
    expect(pageHop("offline", 12)).toEqual({ tone: "bad", time: "", word: "no answer" });
    expect(pageHop("closed", null).word).toBe("closed");
  });

  it("to the engine is known only while the page is connected", () => {
    expect(engineHop(engine, "live")).toEqual({ tone: "good", time: "1.1 ms", word: "fine" });
    expect(engineHop(engine, "polling").tone).toBe("good");
    expect(engineHop(engine, "reconnecting")).toMatchObject({ tone: "unknown", word: "last known" });
    expect(engineHop({ ...engine, state: "unreachable" }, "engine-down")).toMatchObject({ tone: "bad", time: "" });
    expect(engineHop({ ...engine, rttSeconds: 0.7 }, "live")).toMatchObject({ tone: "warn", word: "slow" });
  });
});

test.each([
  ["Failed at wss://h:1/x?token=abc#token=def now", "Failed at [address] now"],
  ["token: qw_abcdef", "token: [removed]"],
  ["the key qw_abcdef1 is old", "the key [token] is old"],
  ["DB_PASSWORD=hunter2 and more", "DB_PASSWORD=[removed] and more"],
  ["Authorization: Bearer xyz", "Authorization: Bearer [removed]"],
  ["nothing was heard for 2.5 heartbeats", "nothing was heard for 2.5 heartbeats"],
])("scrubbed: %s", (text, want) => {
  expect(scrubbed(text)).toBe(want);
});

describe("an entry of the trouble log", () => {
  const at = new Date(2026, 10, 23, 14, 2, 7).getTime();

  it("tells how long, or how often", () => {
    expect(lastedText({ at, what: "lost", detail: "" })).toBe("");
    expect(lastedText({ at, what: "lost", detail: "", until: at + 1_240 })).toBe("1.2 s");
    expect(lastedText({ at, what: "offline", detail: "", until: at + 24_000 })).toBe("24 s");
    expect(lastedText({ at, what: "gap", detail: "", until: at + 2_000, times: 3 })).toBe("×3 · 2.0 s");
  });

  it("is a line to copy", () => {
    const line = troubleLine({ at, what: "stalled", detail: "No frame for 5 s", until: at + 24_000 });
    expect(line).toMatch(/^2026-11-23 14:02:07\.000 .* Connection went silent \(24 s\): No frame for 5 s$/);
  });

  it("stands under its day", () => {
    expect(dayText(at, at)).toBe("Today");
    expect(dayText(at, at + 24 * 3600_000)).toBe("Yesterday");
    expect(dayText(at, at + 72 * 3600_000)).toBe("2026-11-23");
  });
});

describe("the sign-in field", () => {
  const refused = { ok: false as const, refused: true, code: 401, message: "" };

  it.each([
    ["http://127.0.0.1:7420/#token=qw_abc", "qw_abc"],
    [" qw_abc ", "qw_abc"],
  ])("takes %s for a token", async (text, token) => {
    const signIn = vi.fn().mockResolvedValue(refused);
    await signInWith(text, signIn);
    expect(signIn.mock.calls).toEqual([[token]]);
  });

  it("tries the rest as the password, then as a token of one's own", async () => {
    const signIn = vi.fn().mockResolvedValue(refused);
    await signInWith("correct horse", signIn);
    expect(signIn.mock.calls).toEqual([[{ password: "correct horse" }], ["correct horse"]]);
    signIn.mockClear().mockResolvedValue({ ok: true });
    await signInWith("correct horse", signIn);
    expect(signIn).toHaveBeenCalledTimes(1);
  });
});
