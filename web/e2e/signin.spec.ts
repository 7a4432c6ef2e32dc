import type { Page } from "@playwright/test";
import { TcpProxy } from "./support/proxy.ts";
import { expect, Live, test } from "./support/test.ts";

// Chromium gives up whatever it is fetching when a network comes or goes on the
// host (ERR_NETWORK_CHANGED), and where containers do, networks do.

const EXCHANGE = "POST /api/v1/session ";

/** Counts how often the page was loaded from now on. */
function loads(page: Page): () => number {
  let count = 0;
  page.on("request", (request) => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) count++;
  });
  return () => count;
}

test("the answer to the exchange of the link is lost, and lost again: signed in all the same", async ({
  page,
  server,
}) => {
  const proxy = await TcpProxy.start(server.listen);
  proxy.cutAnswers(EXCHANGE, 2);
  const exchanges: string[] = [];
  page.on("request", (r) => r.method() === "POST" && exchanges.push(r.postData() ?? ""));
  const live = new Live(page);
  await page.goto(proxy.origin + new URL(server.url).hash);
  await live.isLive();
  expect(proxy.cutOff).toBe(2);
  expect(new Set(exchanges).size, "the same each time").toBe(1);
  expect(JSON.parse(exchanges[0] ?? "{}")).toMatchObject({ proof: expect.stringMatching(/^[0-9a-f]{32}$/) });
  expect(page.url()).not.toContain("token");
  expect(await page.context().cookies(proxy.origin)).toHaveLength(1);
  await proxy.close();
});

test("who has seen the link, and not the page, is refused even a moment later", async ({ browser, live, server }) => {
  await live.isLive();
  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(server.url);
  await expect(new Live(other).pill).toHaveAttribute("data-state", "signin");
  await expect(other.getByRole("alert")).toContainText("does not work any more");
  await context.close();
});

test("a sign-in by hand survives a lost answer too", async ({ page, server }) => {
  const proxy = await TcpProxy.start(server.listen);
  const live = new Live(page);
  await page.goto(proxy.origin);
  await expect(live.pill).toHaveAttribute("data-state", "signin");
  proxy.cutAnswers(EXCHANGE, 1);
  await page.getByLabel(/token/i).fill(server.url);
  await page.keyboard.press("Enter");
  await live.isLive();
  expect(proxy.cutOff).toBe(1);
  await proxy.close();
});

test("a part of the entry that can't be fetched: loaded anew once, with the link that was not exchanged yet", async ({
  page,
  server,
}) => {
  const count = loads(page);
  await page.route(/assets\/mount-|api\/v1\/session/, (route) => (count() > 1 ? route.continue() : route.abort()));
  await page.goto(server.url);
  await new Live(page).isLive();
  expect(count()).toBe(2);
  expect(page.url()).not.toContain("token");
});

test("reloaded before the link was exchanged: signed in all the same, and the token is nowhere", async ({
  page,
  server,
}) => {
  const count = loads(page);
  // As if the server were far away: the first exchange is never answered.
  await page.route(/api\/v1\/session/, (route) => (count() > 1 ? route.continue() : undefined));
  const asked = page.waitForRequest(/api\/v1\/session/);
  await page.goto(server.url);
  await asked;
  expect(page.url()).not.toContain("token");
  await page.reload();
  await new Live(page).isLive();
  expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain(new URL(server.url).hash.slice(7));
});

test("styles that can't be fetched: loaded anew once", async ({ page, server }) => {
  const count = loads(page);
  await page.route(/assets\/.*\.css/, (route) => (count() > 1 ? route.continue() : route.abort()));
  await page.goto(server.url);
  await new Live(page).isLive();
  expect(count()).toBe(2);
  expect(await page.evaluate(() => getComputedStyle(document.body).margin)).toBe("0px");
});

test("a part that never comes: said so, and not loaded for ever", async ({ page, server }) => {
  const count = loads(page);
  await page.route(/assets\/mount-/, (route) => route.abort());
  await page.goto(server.url);
  await expect(page.getByText("could not be loaded whole")).toBeVisible();
  expect(count()).toBe(2);
});
