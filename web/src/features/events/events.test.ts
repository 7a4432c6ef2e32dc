import { describe, expect, it } from "vitest";
import type { Event } from "../../api/types.gen";
import { eventView, KINDS, kindOf, subjectOf } from "../../components/event/eventText";
import { whenText } from "../../components/format/when";
import type { EventRow } from "../../store/state";
import { AWAY_MS, absenceOf } from "./absence";
import { drawnRows, feedRows, gapText, newerThan, type Wanted } from "./feed";
import { fold } from "./fold";

function event(fields: Partial<Event>): Event {
  return {
    time: "2026-11-23T14:02:07.25Z",
    engine: "e1",
    kind: "container",
    action: "start",
    detail: "",
    id: "8d1f",
    name: "web",
    attributes: {},
    inferred: false,
    seq: 1,
    ...fields,
  };
}

function row(seq: number, fields: Partial<Event> = {}): EventRow {
  return { kind: "event", key: `k${seq}`, event: event({ seq, ...fields }) };
}

const all: Wanted = {
  kinds: new Set(KINDS),
  severities: new Set(["good", "bad", "warn", "plain"]),
  actions: [],
  containers: [],
  text: "",
};

const keys = (rows: readonly { key: string }[]) => rows.map((r) => r.key);

const gap: Extract<EventRow, { kind: "gap" }> = {
  kind: "gap",
  key: "gap1",
  reason: "connection",
  since: new Date(2026, 10, 23, 14, 2, 7).getTime(),
  until: new Date(2026, 10, 23, 14, 2, 31).getTime(),
  replayed: 12,
  lost: 0,
};

describe("an event", () => {
  it.each([
    [{}, "started", "good"],
    [{ action: "die", attributes: { exitCode: "137" } }, "exited with 137", "bad"],
    [{ action: "die", attributes: { exitCode: "0" } }, "exited with 0", "plain"],
    [{ action: "die" }, "exited", "plain"],
    [{ action: "kill", attributes: { signal: "15" } }, "was sent SIGTERM", "warn"],
    [{ action: "kill", attributes: { signal: "34" } }, "was sent signal 34", "warn"],
    [{ action: "rename", attributes: { oldName: "/old" } }, "renamed, was old", "plain"],
    [{ action: "health_status", detail: "unhealthy" }, "became unhealthy", "bad"],
    [{ action: "exec_start", detail: "sh -c ls" }, "ran sh -c ls", "plain"],
    [{ action: "oom" }, "ran out of memory", "bad"],
    [{ kind: "image", action: "pull" }, "pulled", "plain"],
    [{ kind: "plugin", action: "do_something-new" }, "do something new", "plain"],
  ] as const)("%j %s", (fields, words, tone) => {
    expect(eventView(event(fields as Partial<Event>))).toMatchObject({ words, tone });
  });

  it("belongs to one kind of the chips, commands to their own", () => {
    expect(kindOf(event({ action: "exec_create" }))).toBe("exec");
    expect(kindOf(event({ kind: "daemon" }))).toBe("other");
    expect(kindOf(event({ kind: "volume" }))).toBe("volume");
  });

  it("is named by its name, a digest by its beginning", () => {
    expect(subjectOf(event({ name: "", id: `sha256:${"ab".repeat(32)}` }))).toBe("abababababab");
    expect(subjectOf(event({ name: "nginx:1.27" }))).toBe("nginx:1.27");
  });
});

describe("the feed", () => {
  const rows = [row(1), row(2, { kind: "image", action: "pull" }), gap, row(3)];

  it("is newest first, of the kinds wanted, with every gap", () => {
    expect(keys(feedRows(rows, all))).toEqual(["k3", "gap1", "k2", "k1"]);
    expect(keys(feedRows(rows, { ...all, kinds: new Set(["image"]) }))).toEqual(["gap1", "k2"]);
  });

  it("is narrowed by severity, action, container and words", () => {
    const log = [
      row(1, { action: "die", attributes: { exitCode: "137" } }),
      row(2, { name: "db" }),
      row(3, { kind: "image", action: "pull", name: "nginx:1.27" }),
    ];
    const shown = (change: Partial<Wanted>) => keys(feedRows(log, { ...all, ...change }));
    expect(shown({ severities: new Set(["bad"]) })).toEqual(["k1"]);
    expect(shown({ actions: ["start", "pull"] })).toEqual(["k3", "k2"]);
    expect(shown({ containers: ["db"] })).toEqual(["k2"]);
    expect(shown({ text: "exited with 137" })).toEqual(["k1"]);
    expect(shown({ text: "nginx" })).toEqual(["k3"]);
  });

  it("counts what is newer than what was seen", () => {
    const feed = feedRows(rows, all);
    expect(newerThan(feed, "k2")).toBe(2);
    expect(newerThan(feed, "k3")).toBe(0);
    expect(newerThan(feed, "long gone")).toBe(4);
  });

  it("says when: how long ago within the hour, the time before", () => {
    const at = Date.parse("2026-11-23T14:02:07.25Z");
    expect(whenText(at, at + 12_000)).toBe("12 s ago");
    expect(whenText(at, at - 50)).toBe("now");
    expect(whenText(at, at + 2 * 3_600_000)).toMatch(/^\d\d:\d\d:07$/);
  });
});

describe("a gap", () => {
  it("says when it was and what came of it", () => {
    expect(gapText(gap)).toEqual({ title: "Connection lost", detail: "14:02:07 to 14:02:31, 12 events replayed" });
    expect(gapText({ ...gap, replayed: 0 }).detail).toBe("14:02:07 to 14:02:31, nothing missed");
  });

  it("never hides that something is missing", () => {
    expect(gapText({ ...gap, lost: 3 }).detail).toMatch(/3 events are missing/);
    expect(gapText({ ...gap, lost: null }).detail).toMatch(/some events are missing/);
    expect(gapText({ ...gap, reason: "lost", since: null, until: null, lost: 1 })).toEqual({
      title: "Events missing",
      detail: "1 event is missing",
    });
    expect(gapText({ ...gap, reason: "restart", lost: null }).detail).toMatch(/not known/);
  });
});

describe("what repeats itself", () => {
  const at = (seconds: number) => new Date(Date.UTC(2026, 10, 23, 14, 0, seconds)).toISOString();
  /** A container that dies and starts every ten seconds, oldest first. */
  const loop = (times: number, code = "137"): EventRow[] =>
    Array.from({ length: times }, (_, i) => [
      row(2 * i, { action: "die", time: at(10 * i), attributes: { exitCode: code } }),
      row(2 * i + 1, { action: "start", time: at(10 * i + 1) }),
    ]).flat();

  it("is one row, where its newest event is, and keeps its key while it grows", () => {
    const rows = [...loop(14), row(90, { id: "other", name: "db", time: at(133) })].toReversed();
    const folded = fold(rows);
    expect(keys(folded)).toEqual(["k90", "k0"]);
    expect(folded[1]).toMatchObject({ kind: "fold", words: "restarted ×14 in 2 min, exit 137", tone: "bad" });
    expect(keys(fold(loop(15).toReversed()))).toEqual(["k0"]);
  });

  it("tells the last exit code when they differ", () => {
    const rows = [...loop(2), row(50, { action: "die", time: at(25), attributes: { exitCode: "1" } })].toReversed();
    expect(fold(rows)[0]).toMatchObject({ words: "restarted ×3 in 25 s, last exit 1" });
  });

  it("is no single stop and start, nothing across a gap, and nothing after a pause", () => {
    expect(fold(loop(1).toReversed())).toHaveLength(2);
    const [a, b, c, d] = loop(2);
    expect(keys(fold([d, c, gap, b, a] as EventRow[]))).toEqual(["k3", "k2", "gap1", "k1", "k0"]);
    const late = row(9, { action: "die", time: at(600), attributes: { exitCode: "137" } });
    expect(keys(fold([late, b, a] as EventRow[]))).toEqual(["k9", "k1", "k0"]);
  });

  it("opens into its events", () => {
    const rows = loop(2).toReversed();
    expect(keys(drawnRows(rows, new Set(["k0"]), null))).toEqual(["k0", "in k3", "in k2", "in k1", "in k0"]);
  });

  it("folds health checks and networks by what they are about", () => {
    const checks = [1, 2].flatMap((i) => [
      row(3 * i, { action: "exec_create", detail: "curl", time: at(i) }),
      row(3 * i + 1, { action: "exec_start", detail: "curl", time: at(i) }),
      row(3 * i + 2, { action: "exec_die", detail: "curl", time: at(i) }),
    ]);
    expect(fold(checks.toReversed())).toMatchObject([{ words: "ran curl ×2 in 1 s" }]);
    const links = [1, 2].flatMap((i) => [
      row(2 * i, { kind: "network", action: "connect", time: at(i), attributes: { container: "a" } }),
      row(2 * i + 1, { kind: "network", action: "disconnect", time: at(i), attributes: { container: "a" } }),
    ]);
    expect(fold(links.toReversed())).toMatchObject([{ words: "connected and disconnected a container ×2 in 1 s" }]);
    const named = links.map((r) =>
      r.kind === "event"
        ? { ...r, event: { ...r.event, attributes: { ...r.event.attributes, containerName: "web" } } }
        : r,
    );
    expect(fold(named.toReversed())).toMatchObject([{ words: "connected and disconnected web ×2 in 1 s" }]);
    expect(named.slice(0, 2).map((r) => r.kind === "event" && eventView(r.event).words)).toEqual([
      "connected web",
      "disconnected web",
    ]);
  });

  it("is marked where the user went away", () => {
    const rows = [row(1, { time: at(0) }), row(2, { id: "b", time: at(100) })].toReversed();
    const since = Date.parse(at(50));
    expect(keys(drawnRows(rows, new Set(), { since, until: since + AWAY_MS }))).toEqual(["k2", "away", "k1"]);
  });
});

describe("an absence", () => {
  it("is long, and known", () => {
    expect(absenceOf(null, 1e12)).toBeNull();
    expect(absenceOf("x", 1e12)).toBeNull();
    expect(absenceOf(String(1e12), 1e12 + AWAY_MS - 1)).toBeNull();
    expect(absenceOf(String(1e12), 1e12 + AWAY_MS)).toEqual({ since: 1e12, until: 1e12 + AWAY_MS });
  });
});
