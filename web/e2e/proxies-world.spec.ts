import type { Browser } from "@playwright/test";
import { type Play, Scene, states } from "./support/proxyScene.ts";
import { Server } from "./support/server.ts";
import { expect, test } from "./support/test.ts";

// What happens around the page: its server, its network, its tab, its clock.

const UP = ["live", "slow"];
const seconds = (n: number) => new Promise((resolve) => setTimeout(resolve, n * 1000));
/** How long it took until all was right again, by the play's name. */
const took: Record<string, number> = {};

const plays: Record<string, Play> = {
  "server restarted": async (scene) => {
    const first = await scene.serve();
    const page = await scene.open(first.origin, { server: first });
    await page.reaches(UP, 120);
    await seconds(2);
    const killed = await page.now();
    await first.stop("SIGKILL", true);
    await page.says(["reconnecting"], killed, 120);
    await seconds(2);
    const second = await Server.start(["--host", scene.engine.host], first.listen, first.directory);
    scene.adopt(second);
    await page.reaches(UP, 120);
    return page;
  },
  "server frozen": async (scene) => {
    const server = await scene.serve();
    const page = await scene.open(server.origin, { server });
    await page.reaches(UP, 120);
    server.signal("SIGSTOP");
    await seconds(15);
    server.signal("SIGCONT");
    took["server frozen"] = await scene.caughtUp(page, 120);
    return page;
  },
  offline: async (scene) => {
    const page = await scene.open(scene.server.origin);
    await page.reaches(UP, 120);
    const cut = await page.now();
    await page.page.context().setOffline(true);
    await page.says(["reconnecting", "offline"], cut, 120);
    await seconds(5);
    await page.page.context().setOffline(false);
    took.offline = await scene.caughtUp(page, 120);
    return page;
  },
  // Chromium freezes hidden tabs only, and none is hidden under Playwright: the
  // tab's process is stopped instead, which leaves its page just as little to do.
  "tab frozen": async (scene) => {
    const own = await scene.browser.browserType().launch(test.info().project.use.launchOptions);
    browsers.push(own);
    const page = await scene.open(scene.server.origin, { browser: own });
    await page.reaches(UP, 120);
    const devtools = await own.newBrowserCDPSession();
    const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
    const tabs = processInfo.filter((p) => p.type === "renderer").map((p) => p.id);
    for (const pid of tabs) process.kill(pid, "SIGSTOP");
    await seconds(15);
    for (const pid of tabs) process.kill(pid, "SIGCONT");
    took["tab frozen"] = await scene.caughtUp(page, 120);
    return page;
  },
  // The monotonic clock stood still and the wall clock went on: a sleep of ten
  // minutes. Then somebody sets the clock back by an hour.
  "clock jumped": async (scene) => {
    const page = await scene.open(scene.server.origin);
    await page.reaches(UP, 120);
    const jump = (ms: number) =>
      page.page.evaluate((by) => {
        const before = Date.now;
        Date.now = () => before() + by;
      }, ms);
    await jump(600_000);
    await seconds(1);
    took["clock jumped"] = await scene.caughtUp(page, 120);
    await seconds(5);
    await jump(-3_600_000);
    await seconds(1);
    took["clock jumped"] = Math.max(took["clock jumped"], await scene.caughtUp(page, 120));
    await seconds(5);
    // Metrics are fresh again: no row is muted for its age.
    await expect(page.page.locator('[data-fresh="stale"], [data-fresh="lost"]')).toHaveCount(0);
    return page;
  },
};

const browsers: Browser[] = [];
let scene: Scene;
// Serial: after a failure the rest would need the whole scene anew.
test.describe.configure({ mode: "serial", timeout: 600_000 });
test.beforeAll(async ({ browser }) => {
  scene = await Scene.set(browser, plays);
});
test.afterAll(async () => {
  await scene.end();
  for (const browser of browsers) await browser.close();
});

test("the server is killed and started again: another life, the same containers", async () => {
  // What happened before is another server's story: only the rows can be compared.
  const said = await scene.over("server restarted", "rows only");
  expect(states(said)).toContain("reconnecting");
  expect(states(said).at(-1)).toMatch(/live|slow/);
});

for (const [name, what] of [
  ["server frozen", "the server stands still for 15 s"],
  ["offline", "the browser loses its network"],
  ["tab frozen", "the tab is frozen for 15 s"],
  ["clock jumped", "the machine sleeps for ten minutes, and its clock is set back"],
] as const) {
  test(`${what}: right within 5 s of its end`, async () => {
    await scene.over(name);
    console.log(`    ${name}: right after ${took[name]?.toFixed(1)} s`);
    expect(took[name]).toBeLessThan(5 + scene.slack);
  });
}
