import { TcpProxy } from "./support/proxy.ts";
import type { WatchedPage } from "./support/proxyPage.ts";
import { type Play, Scene, secondsUntil, states } from "./support/proxyScene.ts";
import { expect, test } from "./support/test.ts";

/** When things were done, in the page's seconds, by the play's name. */
const marks: Record<string, Record<string, number>> = {};

const UP = ["live", "slow"];
/** The page shows what is, by whichever transport. */
const RIGHT = [...UP, "polling"];
const DOWN = ["reconnecting", "offline"];

interface PlayOptions {
  /** No WebSocket from the start. */
  blocked?: boolean;
  query?: string;
  /** The states in which it begins and ends. */
  first?: string[];
  last?: string[];
}

/** A play through a TCP proxy: act does something to the network, and mends it. */
function play(
  name: string,
  act: (p: WatchedPage, proxy: TcpProxy, mark: (what: string) => Promise<number>) => Promise<void>,
  options: PlayOptions = {},
): [string, Play] {
  return [
    name,
    async (scene) => {
      const proxy = await TcpProxy.start(scene.server.listen);
      proxies.push(proxy);
      if (options.blocked) proxy.blockUpgrades(true);
      const page = await scene.open(proxy.origin, {
        viewport: { width: 1280, height: 360 },
        query: options.query ?? "",
      });
      await page.reaches(options.first ?? UP, 120);
      const mark = async (what: string) => {
        const at = await page.now();
        marks[name] = { ...marks[name], [what]: at };
        return at;
      };
      await act(page, proxy, mark);
      await page.reaches(options.last ?? UP, 120);
      return page;
    },
  ];
}

const seconds = (n: number) => new Promise((resolve) => setTimeout(resolve, n * 1000));

const proxies: TcpProxy[] = [];
const plays = Object.fromEntries([
  play("cut", async (_, proxy, mark) => {
    await seconds(2);
    await mark("cut");
    proxy.cut();
    await seconds(2);
  }),
  play("stall", async (page, proxy, mark) => {
    const stalled = await mark("stalled");
    proxy.stall();
    await page.says(DOWN, stalled, 120);
    await seconds(4);
    await mark("resumed");
    proxy.resume();
  }),
  play("delay", async (page, proxy, mark) => {
    // A machine that is slow itself has it said before the network is.
    await page.reaches(["live"], 120);
    await mark("delayed");
    proxy.delay(300);
    await page.reaches(["slow"], 120);
    await mark("prompt");
    proxy.delay(0);
    await page.reaches(["live"], 120);
  }),
  play("narrow", async (_, proxy, mark) => {
    await mark("narrowed");
    proxy.limit(20_000);
    await seconds(4);
    // A whole new start over the narrow line.
    proxy.cut();
    await seconds(8);
    await mark("widened");
    proxy.limit(Number.POSITIVE_INFINITY);
  }),
  play("deaf", async (page, proxy, mark) => {
    const lost = await mark("lost");
    proxy.halfOpen("toPage");
    await page.says(DOWN, lost, 120);
  }),
  play("mute", async (page, proxy, mark) => {
    const lost = await mark("lost");
    proxy.halfOpen("toServer");
    await page.says(DOWN, lost, 120);
  }),
  play("blocked", async (page, proxy, mark) => {
    await page.row("aa-1").focus();
    await page.page.keyboard.press("x");
    await page.page.locator('[role="grid"]').evaluate((grid) => {
      grid.scrollTop = 20;
    });
    await expect.poll(() => place(page)).toMatchObject({ focused: "aa-1", selected: ["aa-1"], scrollTop: 20 });
    const before = await place(page);
    await page.unmounted();
    await mark("blocked");
    proxy.blockUpgrades(true);
    await page.reaches(["polling"], 120);
    await seconds(4);
    expect(await place(page), "after the switch to polling").toEqual(before);
    await mark("open again");
    proxy.blockUpgrades(false);
    await page.page.evaluate(() => void window.dispatchEvent(new Event("online")));
    await page.reaches(UP, 120);
    await seconds(1);
    expect(await place(page), "after the switch back").toEqual(before);
    const steady = (await page.unmounted()).filter((name) => name.startsWith("aa-"));
    expect(steady, "rows that were unmounted").toEqual([]);
  }),
  play(
    "probed",
    async (_, proxy, mark) => {
      await mark("open again");
      proxy.blockUpgrades(false);
    },
    { blocked: true, first: ["polling"] },
  ),
  play(
    "silent",
    async (page, proxy, mark) => {
      // Three WebSockets that open and then say nothing more, within a minute.
      for (let i = 0; i < 3; i++) {
        await page.reaches(UP, 120);
        // Healthy, which takes two heartbeats: otherwise it is a failed attempt, of which two are enough.
        await seconds(6.5);
        const at = await mark(`stalled ${i}`);
        proxy.stallUpgraded();
        await page.says([...DOWN, "polling"], at, 120);
      }
    },
    { last: ["polling"] },
  ),
  play("forced", () => seconds(10), { query: "?transport=polling", first: ["polling"], last: ["polling"] }),
]);

/** What a user would lose if the table were built anew. */
interface Place {
  focused: string | null;
  selected: string[];
  scrollTop: number;
}

function place(page: WatchedPage): Promise<Place> {
  return page.page.evaluate(() => ({
    focused: document.activeElement?.getAttribute("data-name") ?? null,
    selected: [...document.querySelectorAll('[data-key][aria-selected="true"]')].map(
      (row) => row.getAttribute("data-name") ?? "",
    ),
    scrollTop: document.querySelector('[role="grid"]')?.scrollTop ?? 0,
  }));
}

let scene: Scene;
// Serial: after a failure the rest would need the whole scene anew.
test.describe.configure({ mode: "serial", timeout: 600_000 });
test.beforeAll(async ({ browser }) => {
  scene = await Scene.set(browser, plays);
});
test.afterAll(async () => {
  await scene.end();
  for (const proxy of proxies) await proxy.close();
});

test("cut: another connection within a second, and what happened meanwhile", async () => {
  const said = await scene.over("cut");
  const cut = marks.cut?.cut ?? 0;
  expect(secondsUntil(said, cut, "reconnecting")).toBeLessThan(2 + scene.slack);
  expect(secondsUntil(said, cut, "live", "slow")).toBeLessThan(6 + scene.slack);
});

test("stalled: noticed within three heartbeats though nothing was closed", async () => {
  const said = await scene.over("stall");
  expect(
    secondsUntil(said, marks.stall?.stalled ?? 0, "silent"),
    "not live for longer than two heartbeats",
  ).toBeLessThan(5.5 + scene.slack);
  expect(secondsUntil(said, marks.stall?.stalled ?? 0, "reconnecting")).toBeLessThan(6.5 + scene.slack);
  // Two attempts have failed by then: polls bring the data at once, and a probe the WebSocket.
  expect(secondsUntil(said, marks.stall?.resumed ?? 0, ...RIGHT)).toBeLessThan(6 + scene.slack);
});

test("delayed by 300 ms each way: slow, never lost", async () => {
  const said = await scene.over("delay");
  expect(states(said).filter((s) => s === "reconnecting")).toEqual([]);
  const delayed = marks.delay?.delayed ?? 0;
  expect(said.find((s) => s.at >= delayed && s.state === "slow")?.text).toMatch(/slow \(([5-9]\d\d|\d{4}) ms\)/);
  expect(secondsUntil(said, marks.delay?.prompt ?? 0, "live")).toBeLessThan(10 + scene.slack);
});

test("20 KB a second: all of it arrives", async () => {
  const said = await scene.over("narrow");
  expect(secondsUntil(said, marks.narrow?.narrowed ?? 0, "offline")).toBe(Number.POSITIVE_INFINITY);
});

for (const [name, way] of [
  ["deaf", "to the page"],
  ["mute", "to the server"],
] as const) {
  test(`half open, nothing arrives any more on the way ${way}: noticed, and another connection`, async () => {
    const said = await scene.over(name);
    expect(secondsUntil(said, marks[name]?.lost ?? 0, "reconnecting")).toBeLessThan(7.5 + scene.slack);
    expect(secondsUntil(said, marks[name]?.lost ?? 0, ...RIGHT)).toBeLessThan(12 + scene.slack);
  });
}

test("no WebSocket any more: polling within 10 s, back when woken, and nothing on the page moves", async () => {
  const said = await scene.over("blocked");
  const { blocked = 0, "open again": again = 0 } = marks.blocked ?? {};
  expect(secondsUntil(said, blocked, "polling")).toBeLessThan(10 + scene.slack);
  expect(said.find((s) => s.state === "polling")?.text).toMatch(/^Polling every \d+ s$/);
  expect(secondsUntil(said, again, "live", "slow")).toBeLessThan(10 + scene.slack);
});

test("no WebSocket from the start: polling within 10 s, back within the first probe", async () => {
  const said = await scene.over("probed");
  expect(secondsUntil(said, said[0]?.at ?? 0, "polling")).toBeLessThan(10 + scene.slack);
  // The probe itself comes within 20 s; it is trusted after two heartbeats.
  expect(secondsUntil(said, marks.probed?.["open again"] ?? 0, "live", "slow")).toBeLessThan(30 + scene.slack);
  const since = states(said).indexOf("polling");
  const [first, ...then] = states(said).slice(since);
  expect(first).toBe("polling");
  expect(then.length).toBeGreaterThan(0);
  expect(then, "the probe is not seen").toEqual(then.map(() => expect.stringMatching(/live|slow/)));
});

test("three WebSockets that go silent within a minute: polling", async () => {
  const said = await scene.over("silent");
  expect(states(said).filter((s) => s === "live" || s === "slow").length).toBeGreaterThanOrEqual(3);
  expect(states(said)).toContain("polling");
});

test("?transport=polling: never anything else", async () => {
  const said = await scene.over("forced");
  expect(new Set(states(said).filter((s) => s !== "connecting"))).toEqual(new Set(["polling"]));
});
