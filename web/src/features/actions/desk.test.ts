import { beforeEach, describe, expect, it } from "vitest";
import { clearNotices, noticeList } from "../../components/notice";
import { ManualTime } from "../../testing/manual";
import { ActionDesk } from "./desk";
import type { BulkJob } from "./model/jobView";
import { GRACE_MS } from "./pendingBook";
import { settle, TestPage, TestStorage, testContainer } from "./testParts";

const web = testContainer({ name: "web" });
const db = testContainer({ name: "db" });
const mail = testContainer({ name: "mail" });
const stopped = (c: typeof web) => ({
  ...c,
  state: "exited" as const,
  finishedAt: "2026-11-23T15:00:00Z",
  exitCode: 0,
});

function job(fields: Partial<BulkJob> = {}): BulkJob {
  return {
    id: "j-1",
    kind: "containers",
    subject: "",
    engine: "",
    action: "stop",
    options: {},
    project: "",
    by: { name: "launch", client: "tab-1" },
    state: "running",
    startedAt: "2026-11-23T14:00:00Z",
    endedAt: null,
    items: ["web", "db", "mail"].map((name) => ({ key: `e1/${name}`, name })),
    next: 0,
    running: [],
    failures: [],
    progress: null,
    error: null,
    result: null,
    ...fields,
  };
}

let timers: ManualTime;
let storage: TestStorage;

function open(page: TestPage): ActionDesk {
  return new ActionDesk(page.live, timers, storage as unknown as Storage);
}

const titles = () => noticeList.get().map((n) => n.title);
const stages = (desk: ActionDesk) => ["web", "db", "mail"].map((name) => desk.book.get(`e1/${name}`)?.stage ?? "-");

beforeEach(() => {
  timers = new ManualTime();
  storage = new TestStorage();
  clearNotices();
});

describe("one action", () => {
  it("is pending until the stream shows its effect, and can be taken back then", async () => {
    const page = new TestPage([web]);
    const desk = open(page);
    desk.one("e1/web", "stop", {});
    expect(desk.book.get("e1/web")).toMatchObject({ action: "stop", stage: "asked" });
    page.calls[0]?.answer();
    await settle();
    expect(desk.book.get("e1/web")?.stage, "an answer is no effect").toBe("answered");
    expect(titles()).toEqual([]);
    page.commit([{ ...web, cpuLimit: 1 }]);
    expect(desk.book.size).toBe(1);
    page.commit([stopped(web)]);
    expect(desk.book.size).toBe(0);
    expect(titles()).toEqual(["web stopped"]);
    noticeList.get()[0]?.action?.run();
    expect(page.calls[1]?.args.slice(0, 2)).toEqual(["e1/web", "start"]);
  });

  it("may show its effect before its answer", async () => {
    const page = new TestPage([web]);
    const desk = open(page);
    desk.one("e1/web", "stop", {});
    page.commit([stopped(web)]);
    expect(desk.book.size).toBe(0);
    page.calls[0]?.answer();
    await settle();
    expect([desk.book.size, titles()]).toEqual([0, ["web stopped"]]);
  });

  it("that changes nothing is pending no longer than a moment after its answer", async () => {
    const page = new TestPage([stopped(web)]);
    const desk = open(page);
    desk.one("e1/web", "stop", {});
    page.calls[0]?.answer();
    await settle();
    timers.advance(GRACE_MS - 1);
    expect(desk.book.size).toBe(1);
    timers.advance(1);
    expect([desk.book.size, titles()]).toEqual([0, []]);
  });

  it("that was refused says so in the engine's words, and asks anew with another key", async () => {
    const page = new TestPage([web]);
    const desk = open(page);
    desk.one("e1/web", "pause", {});
    page.calls[0]?.refuse("conflict", "It can't be paused.", "cgroup freezer is missing");
    await settle();
    expect(desk.book.size).toBe(0);
    const [notice] = noticeList.get();
    expect(notice).toMatchObject({ tone: "bad", title: "Could not pause web" });
    expect(notice?.text).toContain("“cgroup freezer is missing”");
    notice?.action?.run();
    expect(page.calls[1]?.args[3]).not.toBe(page.calls[0]?.args[3]);
  });

  it("of which nobody knows whether it was done is asked for with the same key", async () => {
    const page = new TestPage([web]);
    const desk = open(page);
    desk.one("e1/web", "restart", {});
    page.calls[0]?.fail();
    await settle();
    noticeList.get()[0]?.action?.run();
    expect(page.calls[1]?.args).toEqual(page.calls[0]?.args);
  });

  it("renamed back is the same container", () => {
    const page = new TestPage([web]);
    const desk = open(page);
    desk.one("e1/web", "rename", { name: "new" });
    page.commit([{ ...web, name: "new" }]);
    expect(titles()).toEqual(["web is now new"]);
    noticeList.get()[0]?.action?.run();
    expect(page.calls[1]?.args.slice(0, 3)).toEqual(["e1/web", "rename", { name: "web" }]);
  });
});

describe("a job", () => {
  it("marks its items as it comes to them, whoever asked, and each until its own effect", () => {
    const page = new TestPage([web, db, mail]);
    const desk = open(page);
    const other = { by: { name: "ops", client: "tab-9" } };
    page.commit(null, [job(other)]);
    expect(stages(desk)).toEqual(["queued", "queued", "queued"]);
    page.commit(null, [job({ ...other, next: 2, running: [0, 1] })]);
    expect(stages(desk)).toEqual(["asked", "asked", "queued"]);
    page.commit([stopped(web), db, mail]);
    expect(stages(desk)).toEqual(["-", "asked", "queued"]);
    const failures = [{ item: 1, code: "conflict" as const, message: "no" }];
    page.commit(null, [job({ ...other, next: 3, running: [2], failures })]);
    expect(stages(desk)).toEqual(["-", "-", "asked"]);
    page.commit(null, [job({ ...other, state: "done", next: 3, failures })]);
    expect(stages(desk), "agreed to, and its event is still on its way").toEqual(["-", "-", "answered"]);
    page.commit([stopped(web), db, stopped(mail)]);
    expect(stages(desk)).toEqual(["-", "-", "-"]);
    expect(titles(), "somebody else's").toEqual([]);
  });

  it("marks nothing on what ran and ended before the job said that it was begun", () => {
    const [a, b, c] = [stopped(web), stopped(db), stopped(mail)];
    const page = new TestPage([a, b, c]);
    const desk = open(page);
    const start = (fields: Partial<BulkJob>) => job({ action: "start", startedAt: "2026-11-23T16:00:00Z", ...fields });
    const ran = (x: typeof web) => ({ ...x, startedAt: "2026-11-23T16:00:01Z", finishedAt: "2026-11-23T16:00:01.2Z" });
    page.commit(null, [start({})]);
    expect(stages(desk)).toEqual(["queued", "queued", "queued"]);
    page.commit([ran(a), b, c]);
    page.commit(null, [start({ next: 2, running: [0, 1] })]);
    expect(stages(desk)).toEqual(["-", "asked", "queued"]);
    page.commit([ran(a), ran(b), ran(c)]);
    page.commit(null, [start({ state: "done", next: 3 })]);
    expect(stages(desk)).toEqual(["-", "-", "-"]);
    // The same for who comes while the job is at it.
    const late = new TestPage([ran(a), b, c], [start({ next: 2, running: [0, 1] })]);
    expect(stages(open(late))).toEqual(["-", "asked", "queued"]);
  });

  it("still has to stop what came back by itself while it waited", () => {
    const page = new TestPage([web, db, mail]);
    const desk = open(page);
    page.commit(null, [job({ next: 1, running: [0] })]);
    page.commit([web, { ...db, startedAt: "2026-11-23T14:30:00Z", finishedAt: "2026-11-23T14:29:59Z" }, mail]);
    page.commit(null, [job({ next: 2, running: [0, 1] })]);
    expect(stages(desk)).toEqual(["asked", "asked", "queued"]);
  });

  it("that is cancelled leaves what it has not begun", () => {
    const page = new TestPage([web, db, mail], [job({ next: 1, running: [0] })]);
    const desk = open(page);
    expect(stages(desk)).toEqual(["asked", "queued", "queued"]);
    page.commit(null, [job({ state: "cancelled", next: 1 })]);
    expect(stages(desk)).toEqual(["answered", "-", "-"]);
    expect(titles()).toEqual(["Cancelled: 1 stopped, 2 left alone"]);
  });

  it("that vanishes with its server leaves nothing pending", () => {
    const page = new TestPage([web, db, mail], [job({ next: 1, running: [0] })]);
    const desk = open(page);
    page.commit(null, []);
    expect(stages(desk)).toEqual(["-", "-", "-"]);
  });

  it("tries what failed again, and only that", async () => {
    const page = new TestPage([web, db, mail]);
    const desk = open(page);
    const done = job({
      state: "done",
      next: 3,
      options: { timeoutSeconds: 3 },
      failures: [{ item: 1, code: "conflict", message: "It hangs." }],
    });
    page.commit(null, [done]);
    expect(noticeList.get()[0]).toMatchObject({ tone: "bad", title: "2 stopped, 1 failed", text: "db: It hangs." });
    noticeList.get()[0]?.action?.run();
    expect(page.calls[0]?.args[0]).toEqual({ action: "stop", options: { timeoutSeconds: 3 }, containers: ["e1/db"] });
    expect(desk.own.closed("j-1")).toBe(true);
  });

  it("that removes a project tries its networks again as such", () => {
    const page = new TestPage([]);
    const desk = open(page);
    desk.project("shop", "remove", { force: true, networks: true }, "e1");
    expect(page.calls[0]?.args[0]).toEqual({
      ...{ action: "remove", options: { force: true, networks: true }, project: "shop", engine: "e1" },
    });
    const items = [
      { key: "e1/web", name: "web" },
      { key: "e1/n1", name: "shop_front", kind: "networks" as const },
    ];
    const failures = [{ item: 1, code: "conflict" as const, message: "It is in use." }];
    const options = { force: true, networks: true };
    page.commit(null, [job({ action: "remove", project: "shop", options, items, next: 2, state: "done", failures })]);
    expect(titles()).toEqual(["shop: 1 removed, 1 failed"]);
    noticeList.get()[0]?.action?.run();
    expect(page.calls[1]?.args[0]).toEqual({
      ...{ kind: "remove", action: "remove", options: { force: true } },
      things: [{ kind: "networks", id: "e1/n1" }],
    });
  });

  it("whose failures stand on the screen gets no toast for them, but a place among the notices", () => {
    const page = new TestPage([web, db, mail]);
    const desk = open(page);
    const failures = [{ item: 1, code: "conflict" as const, message: "It hangs." }];
    const hide = desk.showPanel();
    page.commit(null, [job({ state: "done", next: 3, failures })]);
    hide();
    page.commit(null, [job({ id: "j-2", state: "done", next: 3, failures })]);
    expect(noticeList.get().map((n) => [n.key, n.toast])).toEqual([
      ["job j-2", true],
      ["job j-1", false],
    ]);
  });

  it("is told once, over a reload of the page, and by its own tab", async () => {
    const before = new TestPage([web, db, mail]);
    const desk = open(before);
    desk.bulk(["e1/web", "e1/db", "e1/mail"], "stop");
    before.calls[0]?.answer(job());
    await settle();
    desk.close();

    const after = new TestPage([web, db, mail], [job({ by: { name: "launch", client: "another id" } })]);
    const again = open(after);
    expect(again.isOwn(job({ by: { name: "launch", client: "another id" } }))).toBe(true);
    const ended = job({ by: { name: "launch", client: "another id" }, state: "done", next: 3 });
    after.commit(null, [ended]);
    expect(titles()).toEqual(["3 stopped"]);
    again.close();

    open(new TestPage([web], [ended]));
    expect(titles()).toEqual(["3 stopped"]);
  });

  it("that ended before its own answer came is told all the same", async () => {
    const page = new TestPage([web, db, mail]);
    const desk = open(page);
    desk.bulk(["e1/web", "e1/db", "e1/mail"], "stop");
    const ended = job({ by: { name: "launch", client: "tab-0" }, state: "done", next: 3 });
    page.commit(null, [ended]);
    expect(titles()).toEqual([]);
    page.calls[0]?.answer(ended);
    await settle();
    expect(titles()).toEqual(["3 stopped"]);
  });
});
