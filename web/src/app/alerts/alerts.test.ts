import { describe, expect, it } from "vitest";
import type { Alert, AlertSeverity } from "../../api/types.gen";
import type { NoticeOptions } from "../../components/notice";
import { Keyed } from "../../lib/keyed";
import { ManualTime } from "../../testing/manual";
import { engine, alert as sample } from "../../testing/samples";
import { newsOf } from "./news";
import { FOLD_MS, Teller } from "./Teller";
import { tellingsOf } from "./words";

const NOW = Date.parse("2026-11-23T14:00:00Z");
const mark = { by: { name: "ops", client: "" }, at: "2026-11-23T13:00:00Z", until: null };

function alert(id: string, change: Partial<Alert> = {}): Alert {
  const plain = { rule: "Unhealthy", on: "unhealthy", severity: "warning", state: "firing" } as const;
  const of = { engine: "e", container: `c-${id}`, name: `web-${id}`, summary: `web-${id} is sick.` };
  const times = { activeAt: "2026-11-23T13:58:00Z", firedAt: "2026-11-23T13:58:00Z", resolvedAt: null };
  return { ...sample(id), ...plain, ...of, ...times, acknowledged: null, snoozed: null, ...change };
}

function table(alerts: readonly Alert[], loaded = true) {
  const draft = Keyed.empty<Alert>().edit();
  for (const a of alerts) draft.set(`${a.engine}/${a.id}`, a);
  return { loaded, entries: draft.done() };
}

/** The ids of what is new between two tables. */
function news(before: readonly Alert[], now: readonly Alert[], loaded = true) {
  const found = newsOf(table(before, loaded), table(now), NOW);
  const ids = (alerts: readonly Alert[]) => alerts.map((a) => a.id);
  return { fresh: ids(found.fresh), hushed: ids(found.hushed), over: ids(found.over) };
}

describe("news", () => {
  it("is what fires, not what fired when the page was opened, nor what may fire", () => {
    expect(news([], [alert("1")], false).fresh).toEqual([]);
    expect(news([], [alert("1")]).fresh).toEqual(["1"]);
    expect(news([], [alert("1", { state: "pending" })]).fresh).toEqual([]);
    expect(news([alert("1", { state: "pending" })], [alert("1")]).fresh).toEqual(["1"]);
    expect(news([alert("1")], [alert("1", { count: 7 })]).fresh).toEqual([]);
  });

  it("is no news any more once somebody looks after it, or it is over", () => {
    expect(news([alert("1")], [alert("1", { acknowledged: mark })])).toEqual({ fresh: [], hushed: ["1"], over: [] });
    expect(news([alert("1")], [alert("1", { snoozed: mark })]).hushed).toEqual(["1"]);
    expect(news([], [alert("1", { acknowledged: mark })]).fresh).toEqual([]);
    expect(news([alert("1")], [alert("1", { state: "resolved" })]).over).toEqual(["1"]);
    expect(news([alert("1")], []).over).toEqual(["1"]);
    expect(news([alert("1", { state: "resolved" })], []).over).toEqual([]);
  });

  it("is what a snooze hid until it ran out, but not what somebody woke", () => {
    const until = (time: string) => alert("1", { snoozed: { ...mark, until: time } });
    expect(news([until("2026-11-23T14:00:00Z")], [alert("1")]).fresh).toEqual(["1"]);
    expect(news([until("2026-11-23T18:00:00Z")], [alert("1")]).fresh).toEqual([]);
    expect(news([alert("1", { acknowledged: mark })], [alert("1")]).fresh).toEqual([]);
  });
});

describe("many at once", () => {
  const places = { go: () => {}, engineName: () => "box" };
  const of = (n: number) => Array.from({ length: n }, (_, i) => alert(String(i)));

  it("of a rule are one notice; two are two", () => {
    expect(tellingsOf(of(2), places).map((t) => t.notice.title)).toEqual(["web-0 is unhealthy", "web-1 is unhealthy"]);
    expect(tellingsOf([...of(6), alert("x", { rule: "Other" })], places).map((t) => t.notice)).toMatchObject([
      { title: "6 containers became unhealthy", text: "web-0, web-1, web-2, web-3 and 2 more" },
      { title: "web-x is unhealthy" },
    ]);
  });

  it("say their figure in their own sentence, and whom they are about", () => {
    const full = alert("1", { on: "memory", rule: "Full", summary: "web-1 uses 97 % of its limit." });
    const down = alert("2", { on: "engine-down", rule: "Gone", container: "", name: "", summary: "No answer." });
    expect(tellingsOf([full, down], places).map((t) => t.notice)).toMatchObject([
      { title: "web-1 uses 97 % of its limit", text: "By the rule “Full”.", tone: "bad" },
      { title: "box is unreachable", text: "No answer." },
    ]);
    expect(tellingsOf([alert("3", { severity: "info" })], places)[0]?.notice.tone).toBe("info");
  });
});

describe("the teller", () => {
  function make(first: readonly Alert[] = []) {
    const time = new ManualTime();
    const told: NoticeOptions[] = [];
    const ended: string[] = [];
    const listeners = { shown: () => {}, wakeful: () => {} };
    let hidden = false;
    let wanted = new Set<AlertSeverity>(["critical", "warning"]);
    let view = { alerts: table(first), engines: [engine({ id: "e", name: "box" })] };
    const store = {
      view: () => view,
      latest: () => view,
      serverNow: () => NOW,
      subscribe: (fn: () => void) => {
        listeners.shown = fn;
        return () => {};
      },
      subscribeWakeful: (fn: () => void) => {
        listeners.wakeful = fn;
        return () => {};
      },
    } as unknown as ConstructorParameters<typeof Teller>[0]["store"];
    new Teller({
      store,
      frames: { hidden: () => hidden },
      timers: time,
      wanted: () => wanted,
      notify: (n) => told.push(n),
      withdraw: (key) => ended.push(`gone ${key}`),
      settle: (key, now) => ended.push(`${now.title} (${key}) ${now.text}`),
      go: () => {},
    }).start();
    const put = (...alerts: Alert[]) => {
      view = { ...view, alerts: table(alerts) };
      if (hidden) listeners.wakeful();
      else listeners.shown();
    };
    return {
      time,
      told,
      ended,
      put,
      hide: () => {
        hidden = true;
      },
      want: (...severities: AlertSeverity[]) => {
        wanted = new Set(severities);
      },
    };
  }

  it("waits a moment, tells what is wanted, and looks also while hidden", () => {
    const t = make();
    t.hide();
    t.put(alert("1"), alert("2", { severity: "info" }));
    expect(t.told).toEqual([]);
    t.time.advance(FOLD_MS);
    expect(t.told.map((n) => n.title)).toEqual(["web-1 is unhealthy"]);
    t.want();
    t.put(alert("1"), alert("3"));
    t.time.advance(FOLD_MS);
    expect(t.told).toHaveLength(1);
  });

  it("takes back what somebody looks after, and what was over before it was told", () => {
    const t = make();
    t.put(alert("1"), alert("2"));
    t.put(alert("1"), alert("2", { state: "resolved" }));
    t.time.advance(FOLD_MS);
    expect(t.told.map((n) => n.key)).toEqual(["alert 1"]);
    t.put(alert("1", { acknowledged: mark }));
    expect(t.ended).toEqual(["gone alert 1"]);
  });

  it("says quietly that it is over, of many when all of them are", () => {
    const t = make();
    const rest = [alert("2"), alert("3")];
    t.put(alert("1"), ...rest);
    t.time.advance(FOLD_MS);
    expect(t.told.map((n) => n.key)).toEqual(["alerts Unhealthy"]);
    t.put(...rest);
    expect(t.ended).toEqual([]);
    const over = { state: "resolved", resolvedAt: "2026-11-23T14:01:00Z" } as const;
    t.put(...rest.map((a) => ({ ...a, ...over })));
    expect(t.ended).toEqual(["Over: Unhealthy (alerts Unhealthy) It was over after 3 min."]);
    expect(t.told).toHaveLength(1);
  });

  it("tells that an engine is back", () => {
    const t = make();
    const down = alert("1", { on: "engine-down", container: "", severity: "critical" });
    t.put(down);
    t.time.advance(FOLD_MS);
    t.put({ ...down, state: "resolved" });
    expect(t.told.map((n) => `${n.tone} ${n.title}`)).toEqual(["bad box is unreachable", "good box is back"]);
  });
});
