import { describe, expect, it } from "vitest";
import { ApiError } from "../../../api/client";
import type { LogsFrame, Problem } from "../../../api/types.gen";
import { LINE } from "./logBuffer";
import { LogSession } from "./logSession";
import { MOMENT_PAGE, MomentLog, type MomentRange } from "./momentLog";
import { momentCount, momentNote } from "./momentNote";

const AT = 1_795_464_063_000_000;
const HOUR = 3_600_000_000;

interface Written {
  at: number;
  text: string;
}

/** The server's answers of a log, as getLogs in internal/server/logs.go has them. */
function answer(log: readonly Written[], { since = 0, until = Number.POSITIVE_INFINITY, tail, head }: MomentRange) {
  const all = log.filter((l) => l.at >= since && l.at <= until);
  const lines = head !== undefined ? all.slice(0, head) : all.slice(-(tail ?? all.length));
  const frame: LogsFrame = {
    type: "logs",
    topic: "logs",
    id: 0,
    n: 1,
    at: lines.map((l) => l.at),
    text: lines.map((l) => l.text),
  };
  if (head === undefined && lines.length < all.length) frame.skipped = [{ src: 0, lines: all.length - lines.length }];
  if (head === undefined || lines.length === all.length) frame.states = [{ src: 0, phase: "ended", message: "" }];
  return frame;
}

function rig(log: readonly Written[], fails: () => unknown = () => null) {
  const asked: MomentRange[] = [];
  const moment = new MomentLog({
    at: AT,
    request: async (range) => {
      asked.push(range);
      const err = fails();
      if (err) throw err;
      return answer(log, range);
    },
    mark: () => session.buffer.append([{ src: -1, at: AT, kind: LINE.moment, text: "the moment" }]),
  });
  const session = new LogSession(moment, { now: () => 0, name: () => "web" }, 50_000, 0);
  const shown = () => {
    const { buffer } = session;
    return Array.from({ length: buffer.length }, (_, i) => buffer.text(buffer.first + i));
  };
  return { moment, session, shown, asked };
}

/** So many lines a second apart, of which the first `before` stand before the moment. */
const lines = (count: number, before: number) =>
  Array.from({ length: count }, (_, i) => ({ at: AT + (i - before) * 1_000_000, text: `${i}` }));

const settled = () => new Promise((done) => setTimeout(done));

describe("a log around a moment", () => {
  it("has the lines before it, the moment, and those from it on", async () => {
    const r = rig(lines(5, 3));
    r.session.follow(["e/c"]);
    await settled();
    expect(r.shown()).toEqual(["0", "1", "2", "the moment", "3", "4"]);
    const s = r.moment.state();
    expect(momentCount(s)).toBe("3 lines before, 2 lines after");
    expect(momentCount({ ...s, moreBefore: true })).toBe("3 lines and more before, 2 lines after");
    expect(momentNote(s, AT, AT + HOUR)).toBe("");
  });

  it("gets more at both ends, each line once, also those of one microsecond", async () => {
    const log = lines(6_000, 3_000).map((l) => ({ ...l, at: AT + Math.floor((l.at - AT) / 3_000_000) * 3_000_000 }));
    const r = rig(log);
    r.session.follow(["e/c"]);
    await settled();
    const before = log.filter((l) => l.at < AT).length;
    expect(r.moment.state()).toMatchObject({
      before: MOMENT_PAGE,
      after: MOMENT_PAGE,
      moreBefore: true,
      moreAfter: true,
    });
    for (let i = 0; i < 5 && r.moment.state().moreBefore; i++) await r.moment.earlier();
    for (let i = 0; i < 5 && r.moment.state().moreAfter; i++) await r.moment.later();
    expect(r.moment.state()).toMatchObject({ before, after: 6_000 - before, moreBefore: false, moreAfter: false });
    const texts = log.map((l) => l.text);
    expect(r.shown()).toEqual([...texts.slice(0, before), "the moment", ...texts.slice(before)]);
  });

  it("looks near the moment first, and in the whole log where little is near", async () => {
    const near = rig(lines(1_500, 1_400));
    near.session.follow(["e/c"]);
    await settled();
    expect(near.asked.filter((a) => a.tail !== undefined)).toHaveLength(1);
    const far = rig([{ at: AT - (5 * HOUR) / 4, text: "long before" }]);
    far.session.follow(["e/c"]);
    await settled();
    expect(far.shown()).toEqual(["long before", "the moment"]);
    expect(momentNote(far.moment.state(), AT, AT + HOUR)).toBe("Nothing was written after this moment.");
  });

  it("says what is no longer there", async () => {
    const rotated = rig(lines(5, 0));
    rotated.session.follow(["e/c"]);
    await settled();
    expect(momentNote(rotated.moment.state(), AT, AT + HOUR)).toContain("The log begins after this moment, at 2026-");
    const empty = rig([]);
    empty.session.follow(["e/c"]);
    await settled();
    expect(momentNote(empty.moment.state(), AT, AT + HOUR)).toContain("The log is empty");
    expect(momentNote(empty.moment.state(), AT, AT - HOUR)).toContain("still to come");
  });

  it("says why it can't be read, and reads it when it is tried again", async () => {
    const problem = { code: "not_found" } as Problem;
    let err: unknown = new ApiError(404, "There is no container.", problem);
    const r = rig(lines(5, 3), () => err);
    r.session.follow(["e/c"]);
    await settled();
    expect(r.moment.state()).toMatchObject({
      phase: "failed",
      problem: "The container was removed, and its log with it.",
    });
    err = new ApiError(0, "The server can't be reached.", null);
    await r.moment.load();
    expect(r.moment.state().problem).toBe("The server can't be reached.");
    err = null;
    await r.moment.load();
    expect(r.shown()).toHaveLength(6);
  });
});
