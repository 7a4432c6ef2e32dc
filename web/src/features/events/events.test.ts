import { describe, expect, it } from "vitest";
import type { Event } from "../../api/types.gen";
import { eventView, KINDS, kindOf, subjectOf } from "../../components/event/eventText";
import type { EventRow } from "../../store/state";
import { feedRows, gapText, newerThan, whenText } from "./feed";

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
    expect(feedRows(rows, new Set(KINDS)).map((r) => r.key)).toEqual(["k3", "gap1", "k2", "k1"]);
    expect(feedRows(rows, new Set(["image"])).map((r) => r.key)).toEqual(["gap1", "k2"]);
  });

  it("counts what is newer than what was seen", () => {
    const feed = feedRows(rows, new Set(KINDS));
    expect(newerThan(feed, "k2")).toBe(2);
    expect(newerThan(feed, "k3")).toBe(0);
    expect(newerThan(feed, "long gone")).toBe(4);
  });

  it("says when: how long ago within the hour, the time before", () => {
    const at = Date.parse("2026-11-23T14:02:07.25Z");
    expect(whenText("2026-11-23T14:02:07.25Z", at + 12_000)).toBe("12 s ago");
    expect(whenText("2026-11-23T14:02:07.25Z", at + 2 * 3_600_000)).toMatch(/^\d\d:\d\d:07$/);
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
