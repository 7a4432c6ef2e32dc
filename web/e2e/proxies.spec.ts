import { TcpProxy } from "./support/proxy.ts";
import type { WatchedPage } from "./support/proxyPage.ts";
import { type Play, Scene, secondsUntil, states } from "./support/proxyScene.ts";
import { expect, test } from "./support/test.ts";

/** When things were done, in the page's seconds, by the play's name. */
const marks: Record<string, Record<string, number>> = {};

const UP = ["live", "slow"];

/** A play through a TCP proxy: act does something to the network, and mends it. */
function play(
  name: string,
  act: (p: WatchedPage, proxy: TcpProxy, mark: (what: string) => Promise<void>) => Promise<void>,
): [string, Play] {
  return [
    name,
    async (scene) => {
      const proxy = await TcpProxy.start(scene.server.listen);
      proxies.push(proxy);
      const page = await scene.open(proxy.origin);
      await page.reaches(UP, 10);
      const mark = async (what: string) => {
        marks[name] = { ...marks[name], [what]: await page.now() };
      };
      await act(page, proxy, mark);
      await page.reaches(UP, 20);
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
    await mark("stalled");
    proxy.stall();
    await page.reaches(["reconnecting"], 8);
    await seconds(4);
    await mark("resumed");
    proxy.resume();
  }),
  play("delay", async (page, proxy, mark) => {
    await mark("delayed");
    proxy.delay(300);
    await page.reaches(["slow"], 12);
    await mark("prompt");
    proxy.delay(0);
    await page.reaches(["live"], 12);
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
    await mark("lost");
    proxy.halfOpen("toPage");
    await page.reaches(["reconnecting", "syncing"], 8);
  }),
  play("mute", async (page, proxy, mark) => {
    await mark("lost");
    proxy.halfOpen("toServer");
    await page.reaches(["reconnecting", "syncing"], 8);
  }),
]);

let scene: Scene;
test.describe.configure({ timeout: 120_000 });
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
  expect(secondsUntil(said, cut, "reconnecting")).toBeLessThan(1);
  expect(secondsUntil(said, cut, "live")).toBeLessThan(5);
});

test("stalled: noticed within three heartbeats though nothing was closed", async () => {
  const said = await scene.over("stall");
  expect(secondsUntil(said, marks.stall?.stalled ?? 0, "reconnecting")).toBeLessThan(6.5);
  expect(secondsUntil(said, marks.stall?.resumed ?? 0, "live")).toBeLessThan(12);
});

test("delayed by 300 ms each way: slow, never lost", async () => {
  const said = await scene.over("delay");
  expect(states(said).filter((s) => s === "reconnecting")).toEqual([]);
  expect(said.find((s) => s.state === "slow")?.text).toMatch(/slow \([5-9]\d\d ms\)/);
  expect(secondsUntil(said, marks.delay?.prompt ?? 0, "live")).toBeLessThan(10);
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
    expect(secondsUntil(said, marks[name]?.lost ?? 0, "reconnecting")).toBeLessThan(7.5);
    expect(secondsUntil(said, marks[name]?.lost ?? 0, "live")).toBeLessThan(12);
  });
}
