import type { Page } from "@playwright/test";
import type { Engine } from "./support/engine.ts";
import { TcpProxy } from "./support/proxy.ts";
import { Registry } from "./support/registry.ts";
import { expect, test } from "./support/test.ts";

const MB = 1_000_000;

let registry: Registry;
/** The way to the registry, as narrow as is wanted. */
let line: TcpProxy;

test.beforeEach(async () => {
  registry = await Registry.start();
  line = await TcpProxy.start(registry.address);
});

test.afterEach(async () => {
  await line.close();
  await registry.stop();
});

/** Puts an image of so many bytes that can't be compressed into the registry, and says its name by way of the line. */
async function pushed(engine: Engine, name: string, megabytes: number): Promise<string> {
  const there = `${registry.address}/${name}`;
  const dd = `dd if=/dev/urandom of=/big bs=1000000 count=${megabytes}`;
  await engine.docker("run", "--name", "maker", "busybox:local", "sh", "-c", dd);
  await engine.docker("commit", "maker", there);
  await engine.docker("push", there);
  await engine.docker("rm", "maker");
  await engine.docker("rmi", there);
  return `${new URL(line.origin).host}/${name}`;
}

async function pull(page: Page, reference: string): Promise<void> {
  await page.evaluate(() => history.pushState(null, "", "/images"));
  await page.getByRole("button", { name: "Pull", exact: true }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Image").fill(reference);
  await dialog.getByRole("button", { name: "Pull", exact: true }).click();
}

test("a pull is seen by everybody, over a reload, to its end", async ({ live, engine, server, browser }) => {
  const { page } = live;
  const reference = await pushed(engine, "big:1", 6);
  line.limit(MB / 10);
  // Another viewer, with the first one's cookie.
  const context = await browser.newContext({ storageState: await page.context().storageState() });
  const other = await context.newPage();
  await other.goto(server.origin);
  await pull(page, reference);
  const mine = page.getByTestId("transfers");
  await expect(mine).toContainText(`Pulling ${reference}`);
  await expect(other.getByTestId("transfers")).toContainText(`Pulling ${reference}`);
  await expect(mine.getByTestId("transfer-progress")).toContainText(/of .* · .*B\/s · .* left/);
  await mine.getByRole("button", { name: /layers?/ }).click();
  await expect(mine.locator("[data-layer]").first()).toBeVisible();
  const bar = mine.getByRole("progressbar").first();
  const before = Number(await bar.getAttribute("value"));
  await page.reload();
  await expect(mine).toContainText(`Pulling ${reference}`);
  await expect.poll(async () => Number(await bar.getAttribute("value"))).toBeGreaterThanOrEqual(before);
  line.limit(Number.POSITIVE_INFINITY);
  await expect(page.locator("[data-toast]", { hasText: `Pulled ${reference}` })).toBeVisible();
  await expect(live.row(reference)).toBeVisible();
  await expect(other.getByTestId("transfers")).toHaveCount(0);
  await context.close();
  await engine.docker("rmi", reference);
});

test("a pull can be cancelled, and one that fails says why", async ({ live, engine }) => {
  const { page } = live;
  const reference = await pushed(engine, "big:2", 6);
  line.limit(MB / 20);
  await pull(page, reference);
  const panel = page.getByTestId("transfers");
  await panel.getByRole("button", { name: "Cancel" }).click();
  await expect(page.locator("[data-toast]", { hasText: "Cancelled" })).toBeVisible();
  await expect(panel).toHaveCount(0);
  expect(await engine.docker("images", "-q", reference)).toBe("");
  line.limit(Number.POSITIVE_INFINITY);
  const nobody = reference.replace("big:2", "nobody:1");
  await pull(page, nobody);
  await expect(panel).toContainText(`Could not pull ${nobody}`);
  await expect(panel.getByRole("alert")).toContainText(/nobody/);
  await panel.getByRole("button", { name: "Try again…" }).click();
  await expect(page.getByRole("dialog").getByLabel("Image")).toHaveValue(nobody);
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await expect(panel).toHaveCount(0);
});
