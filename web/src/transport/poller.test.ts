import { describe, expect, test } from "vitest";
import type { ServerMessage } from "../api/messages";
import type { Filter, Resume } from "../api/types.gen";
import { ManualTime } from "../testing/manual";
import { container, event, snapshot } from "../testing/samples";
import type { SignIn } from "./auth";
import { FakeSync } from "./fakeSync";
import { Poller, type PollResult } from "./poller";

const OK: SignIn = { ok: true };

function make() {
  const time = new ManualTime();
  const sync = new FakeSync();
  const poller = new Poller({
    request: sync.request,
    now: () => time.now(),
    topics: () => ["containers", "events"],
    lastEvents: 7,
  });
  const auth = { prepare: () => Promise.resolve(OK) };
  let result: PollResult | null = null;
  const ask = async (resume: Resume | null, filter: Filter | null = null) => {
    result = null;
    void poller
      .ask(auth, () => ({ resume, filter }))
      .then((r) => {
        result = r;
      });
    await settle();
    return sync.last;
  };
  const got = async () => {
    await settle();
    if (!result) throw new Error("no answer yet");
    return result;
  };
  return { time, sync, poller, auth, ask, got };
}

const settle = async () => {
  for (let i = 0; i < 8; i++) await Promise.resolve();
};

const AT: Resume = { epoch: "e1", topics: { containers: 3, events: 9 } };
const marks: ServerMessage[] = [
  { type: "mark", topic: "containers", seq: 3 },
  { type: "mark", topic: "events", seq: 9 },
];
const metrics = (seq: number): ServerMessage => ({ type: "metrics", topic: "metrics", seq, at: 1 });

describe("what is asked", () => {
  test("everything, at first", async () => {
    const { ask } = make();
    expect(String(await ask(null))).toBe("topic=containers&seq=&topic=events&seq=&last=7");
  });

  test("what has happened since, by epoch and position", async () => {
    const { ask } = make();
    expect(String(await ask(AT))).toBe("topic=containers&seq=3&topic=events&seq=9&last=7&epoch=e1");
    expect(String(await ask({ epoch: "e1", topics: { events: 9 } }))).toBe(
      "topic=containers&seq=&topic=events&seq=9&last=7&epoch=e1",
    );
  });

  test("metrics of the rows on screen, from their own position", async () => {
    const { ask, sync, got } = make();
    const filter: Filter = { rows: [4, 2], cols: ["cpu", "mem"] };
    const first = await ask(AT, filter);
    expect([first.get("rows"), first.get("cols"), first.getAll("seq").at(-1)]).toEqual(["4,2", "cpu,mem", ""]);
    sync.answer([...marks, metrics(50)]);
    expect(await got()).toMatchObject({ ok: true, polled: { filter: { rows: [4, 2], cols: ["cpu", "mem"] } } });
    expect((await ask(AT, filter)).getAll("seq").at(-1)).toBe("50");
    sync.answer([...marks, metrics(52)]);
    await got();
    // Other rows, columns or epochs: the position says nothing of them.
    expect((await ask(AT, { ...filter, rows: [4, 2, 1] })).getAll("seq").at(-1)).toBe("");
    sync.answer(marks);
    await got();
    expect((await ask({ ...AT, epoch: "e2" }, filter)).getAll("seq").at(-1)).toBe("");
  });

  test("all rows now and then, and where there are too many to name", async () => {
    const { ask, sync, got, time } = make();
    const filter: Filter = { rows: [1], cols: [], restEveryMs: 10_000 };
    expect((await ask(AT, filter)).get("rows")).toBe("all");
    sync.answer([...marks, metrics(5)]);
    expect(await got()).toMatchObject({ polled: { filter: { all: true } } });
    time.advance(9_999);
    expect((await ask(AT, filter)).get("rows")).toBe("1");
    sync.answer([...marks, metrics(6)]);
    await got();
    time.advance(1);
    const all = await ask(AT, filter);
    expect([all.get("rows"), all.getAll("seq").at(-1)]).toEqual(["all", "5"]);
    sync.answer([...marks, metrics(7)]);
    await got();
    const many = Array.from({ length: 500 }, (_, i) => i);
    expect((await ask(AT, { rows: many })).get("rows")).toBe("all");
  });

  test("no metrics where none are wanted", async () => {
    const { ask } = make();
    expect((await ask(AT, { rows: [] })).getAll("topic")).toEqual(["containers", "events"]);
  });
});

describe("what is answered", () => {
  test("the messages, checked, and what they cost", async () => {
    const { ask, sync, got, time } = make();
    await ask(null);
    time.advance(25);
    sync.answer([...snapshot("containers", 3, [container("a", 1)]), ...snapshot("events", 1, [event(1)])], "e9");
    expect(await got()).toMatchObject({
      ok: true,
      ms: 25,
      malformed: 0,
      polled: {
        epoch: "e9",
        time: Date.parse("2026-11-23T14:02:07Z"),
        topics: [
          ["containers", false],
          ["events", false],
        ],
      },
    });
  });

  test("410: once more, without any position", async () => {
    const { ask, sync, got } = make();
    await ask(AT, { rows: [1], cols: [] });
    sync.answer([...marks, metrics(5)]);
    await got();
    await ask(AT, { rows: [1], cols: [] });
    sync.fail(410);
    await settle();
    expect(sync.last.getAll("seq")).toEqual(["", "", ""]);
    expect(sync.last.get("epoch")).toBeNull();
    sync.answer([...snapshot("containers", 0, []), ...snapshot("events", 0, [])], "e2");
    expect(await got()).toMatchObject({ ok: true, polled: { epoch: "e2" } });
  });

  test("410 again is an error, not a loop", async () => {
    const { ask, sync, got } = make();
    await ask(AT);
    sync.fail(410);
    await settle();
    sync.fail(410);
    expect(await got()).toMatchObject({ ok: false, failure: { code: 410 } });
    expect(sync.asked).toHaveLength(2);
  });

  test("a topic whose message can't be read, or did not fit, is asked for anew", async () => {
    const { ask, sync, got, poller } = make();
    await ask(AT);
    const bad = { type: "delta", topic: "containers", from: 3, seq: 4, added: [{}] };
    sync.text(JSON.stringify({ epoch: "e1", time: "2026-11-23T14:02:07Z", messages: [bad, marks[1]] }));
    expect(await got()).toMatchObject({ ok: true, malformed: 1 });
    expect((await ask(AT)).getAll("seq")).toEqual(["", "9"]);
    sync.answer([...snapshot("containers", 4, []), marks[1] as ServerMessage]);
    await got();
    expect((await ask(AT)).getAll("seq")).toEqual(["3", "9"]);
    sync.answer(marks);
    await got();
    poller.distrust(["events"]);
    expect((await ask(AT)).getAll("seq")).toEqual(["3", ""]);
    poller.begin();
    sync.answer(marks);
    await got();
    expect((await ask(AT)).getAll("seq")).toEqual(["3", "9"]);
  });

  for (const text of [
    "",
    "null",
    "[]",
    '{"epoch":"e1"}',
    '{"epoch":1,"time":"2026-11-23T14:02:07Z","messages":[]}',
    "<html>",
  ]) {
    test(`${JSON.stringify(text)} is none`, async () => {
      const { ask, sync, got } = make();
      await ask(AT);
      sync.text(text);
      expect(await got()).toMatchObject({ ok: false, failure: { code: 0 } });
    });
  }

  test("errors tell their status; a refused sign-in is a 401", async () => {
    const { ask, sync, got, auth } = make();
    await ask(AT);
    sync.fail(503, "starting");
    expect(await got()).toEqual({ ok: false, failure: { code: 503, text: "starting" } });
    auth.prepare = () => Promise.resolve({ ok: false, refused: true, code: 401, message: "no", link: true });
    void ask(AT).catch(() => {});
    expect(await got()).toEqual({ ok: false, failure: { code: 401, text: "no", link: true } });
    auth.prepare = () => Promise.resolve({ ok: false, refused: false, code: 0, message: "away" });
    void ask(AT).catch(() => {});
    expect(await got()).toEqual({ ok: false, failure: { code: 0, text: "away" } });
    expect(sync.asked).toHaveLength(1);
  });
});
