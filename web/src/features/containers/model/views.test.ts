import { describe, expect, it } from "vitest";
import { exitCodeMeaning, exitIsClean } from "../../../components/container/exitCode";
import { freshness } from "../../../components/container/freshness";
import { exposedText, portViews } from "../../../components/container/ports";
import { stateView } from "../../../components/container/stateView";
import { uptimeText } from "../../../components/container/uptime";
import { anchorShift } from "../../../components/grid/anchor";
import { Tally } from "../../../store/tally";
import { testContainer, testEntry, testTable } from "../../../testing/testContainer";
import { stateCounts, wordsOf } from "./counts";
import { shownText } from "./shownText";

describe("an exit code", () => {
  it.each([
    [0, /without an error/],
    [1, /general error/],
    [125, /engine could not run/],
    [126, /can't be executed/],
    [127, /not found/],
    [130, /SIGINT/],
    [137, /SIGKILL/],
    [139, /segmentation fault/],
    [143, /asked to stop/],
    [162, /signal 34/],
    [42, /program's own/],
  ])("%d means %s", (code, meaning) => expect(exitCodeMeaning(code)).toMatch(meaning));

  it("is out of memory when the kernel said so, whatever the code", () => {
    expect(exitCodeMeaning(137, true)).toMatch(/out of memory/);
    expect(exitIsClean(0, true)).toBe(false);
  });
});

describe("a state", () => {
  it.each([
    [{ state: "exited", exitCode: 0 }, "Exited (0)", "stopped"],
    [{ state: "exited", exitCode: 143 }, "Exited (143)", "stopped"],
    [{ state: "exited", exitCode: 1 }, "Exited (1)", "bad"],
    [{ state: "exited", exitCode: 137, oomKilled: true }, "OOM (137)", "bad"],
    [{ state: "exited", exitCode: null }, "Exited", "stopped"],
    [{ state: "restarting" }, "Restarting", "transitional"],
    [{ state: "dead" }, "Dead", "bad"],
  ] as const)("%j is %s in the tone %s", (fields, word, tone) => {
    expect(stateView(testContainer(fields))).toMatchObject({ word, tone });
  });
});

describe("an uptime", () => {
  const at = (iso: string) => Date.parse(iso);
  const now = at("2026-11-23T17:05:00Z");

  it("ends where it is no longer known that the container lives", () => {
    const c = testContainer();
    expect(uptimeText(c, now, now)).toBe("3 h 5 min");
    expect(uptimeText(c, now, at("2026-11-23T15:00:00Z"))).toBe("1 h");
  });

  it("is the time since the end of what has ended", () => {
    const c = testContainer({ state: "exited", exitCode: 0, finishedAt: "2026-11-23T17:02:00Z" });
    expect(uptimeText(c, now, 0)).toBe("3 min ago");
  });

  it("is not known while the start is not", () => {
    expect(uptimeText(testContainer({ startedAt: null, partial: true }), now, now)).toBe("—");
  });
});

describe("freshness", () => {
  it.each([
    [900, 1000, "fresh"],
    [3200, 1000, "fresh"],
    [3300, 1000, "stale"],
    [30_001, 1000, "lost"],
    [12_000, 10_000, "fresh"],
    [33_000, 10_000, "lost"],
  ])("%d ms after a tick of %d is %s", (age, tick, is) => expect(freshness(age, tick)).toBe(is));
});

describe("ports", () => {
  const port = (ip: string, pub: number, priv: number, proto = "tcp") => ({ ip, public: pub, private: priv, proto });

  it("stand once for both families, published ones only, TCP as links", () => {
    const c = testContainer({
      ports: [port("::", 8080, 80), port("0.0.0.0", 8080, 80), port("0.0.0.0", 53, 53, "udp"), port("", 0, 443)],
    });
    expect(portViews(c, "quay.example").map((p) => [p.text, p.href])).toEqual([
      ["53/udp", null],
      ["8080→80", "http://quay.example:8080/"],
    ]);
    expect(exposedText(c)).toBe("443/tcp");
  });

  it("keep the address they are bound to, and brackets of IPv6", () => {
    const c = testContainer({ ports: [port("192.0.2.7", 8443, 8443), port("fd00::1", 9000, 9000)] });
    expect(portViews(c, "localhost").map((p) => p.href)).toEqual(["https://192.0.2.7:8443/", "http://[fd00::1]:9000/"]);
    const any = testContainer({ ports: [port("::", 80, 80)] });
    expect(portViews(any, "[::1]")[0]?.href).toBe("http://[::1]:80/");
  });
});

describe("the counts", () => {
  it("name what there is, as filters", () => {
    const table = testTable([
      testEntry({ name: "a" }),
      testEntry({ name: "b", health: "unhealthy" }),
      testEntry({ name: "c", state: "exited", health: "unhealthy" }),
    ]);
    expect(stateCounts(new Tally(wordsOf).count(table)).map((c) => [c.count, c.word, c.query])).toEqual([
      [2, "running", "state:running"],
      [1, "exited", "state:exited"],
      [1, "unhealthy", "health:unhealthy"],
    ]);
  });
});

describe("the anchor", () => {
  const index = (lines: string) => (key: string) => {
    const at = lines.indexOf(key);
    return at < 0 ? undefined : at;
  };

  it.each([
    ["nothing moved", "cde", 2, "abcdefg", 0],
    ["two came above", "cde", 2, "xyabcdefg", 2],
    ["one went above", "cde", 2, "acdefg", -1],
    ["one went from the view", "cde", 2, "abcefg", 0],
    ["the first of the view moved away", "cdefg", 2, "abdefgch", -1],
    ["one went from far down the view", "cdefghi", 2, "abcdeghi", 0],
    ["one of the view moved to the top", "cdefg", 2, "fabcdegh", 1],
    ["all of the view went", "cde", 2, "abfg", 0],
  ])("%s", (_, visible, first, now, shift) => {
    expect(anchorShift([...visible], first, index(now))).toBe(shift);
  });

  it("follows the line in focus alone, while it is on screen", () => {
    expect(anchorShift([..."cdefg"], 2, index("fabcdegh"), "f")).toBe(-5);
    expect(anchorShift([..."cdefg"], 2, index("xabcdefg"), "z")).toBe(1);
  });
});

describe("how many are shown", () => {
  it.each([
    [1, 1, "1 container"],
    [0, 0, "0 containers"],
    [12, 12, "12 containers"],
    [1, 12, "1 of 12"],
  ])("%i of %i: %s", (shown, total, text) => {
    expect(shownText(shown, total)).toBe(text);
  });
});
