import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { Engine } from "./support/engine.ts";
import { TcpProxy } from "./support/proxy.ts";
import { Registry, USER } from "./support/registry.ts";
import { run } from "./support/run.ts";
import { Server } from "./support/server.ts";
import { expect, Live, test } from "./support/test.ts";

let registry: Registry;
/** What a test has started of its own, the last first. */
let ends: (() => Promise<unknown>)[] = [];

test.afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
  await registry.stop();
});

/** To another page without loading it anew. */
async function go(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => history.pushState(null, "", to), path);
}

async function pull(page: Page, reference: string): Promise<void> {
  await go(page, "/images");
  await page.getByRole("button", { name: "Pull", exact: true }).first().click();
  await page.getByRole("dialog").getByLabel("Image").fill(reference);
}

/** All files below a directory that say a word. */
async function filesWith(directory: string, word: string): Promise<string[]> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = names.filter((f) => f.isFile()).map((f) => join(f.parentPath, f.name));
  const found = await Promise.all(files.map(async (f) => ((await readFile(f)).includes(word) ? [f] : [])));
  return found.flat();
}

test("an image is pushed and saved from the page, and a registry that can't search says so", async ({
  live,
  engine,
}) => {
  const { page } = live;
  registry = await Registry.start();
  const reference = `${registry.address}/shop/web:1`;
  await engine.docker("tag", "busybox:local", reference);
  await go(page, `/images?q=${encodeURIComponent(reference)}`);
  await live.row(reference).click({ button: "right" });
  await page.getByRole("menuitem", { name: "Push…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Push" }).click();
  await expect(page.locator("[data-toast]", { hasText: `Pushed ${reference}` })).toBeVisible();
  const tags = await fetch(`http://${registry.address}/v2/shop/web/tags/list`).then((r) => r.json());
  expect(tags).toMatchObject({ tags: ["1"] });

  const coming = page.waitForEvent("download");
  await live.row(reference).getByRole("link").click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toMatch(/web.*\.tar$/);
  const file = await readFile((await download.path()) ?? "");
  expect(file.includes("manifest.json"), "what docker load reads").toBe(true);
  expect(file.includes(reference), "the image's name").toBe(true);

  await pull(page, `${registry.address}/nothing`);
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Search the registry" }).click();
  await expect(dialog.getByRole("alert")).toContainText(/^This registry can't be searched: .* Docker said: “/);
  await page.keyboard.press("Escape");
  await engine.docker("rmi", reference);
});

test("credentials that are typed in open a registry, and are kept nowhere", async ({ live, engine, server }) => {
  const { page } = live;
  registry = await Registry.start(true);
  const reference = `${registry.address}/secret:1`;
  const config = await mkdtemp(join(tmpdir(), "quaywatch-docker-"));
  const docker = (...args: string[]) => run("/usr/bin/docker", ["--config", config, "-H", engine.host, ...args]);
  await docker("login", "-u", USER.name, "-p", USER.password, registry.address);
  await docker("tag", "busybox:local", reference);
  await docker("push", reference);
  await docker("rmi", reference);
  await rm(config, { recursive: true });

  await pull(page, reference);
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Platform").fill("linux/amd64");
  const signIn = async (password: string) => {
    await dialog.getByLabel("Sign in to the registry for this").check();
    await dialog.getByLabel("User name").fill(USER.name);
    await dialog.getByLabel("Password or token").fill(password);
    await dialog.getByRole("button", { name: "Pull", exact: true }).click();
  };
  await signIn("a wrong one");
  const panel = page.getByTestId("transfers");
  await expect(panel).toContainText(`Could not pull ${reference}`);
  await expect(panel.getByRole("alert")).toContainText(/unauthorized|authentication|no basic auth|credentials/i);
  await panel.getByRole("button", { name: "Try again…" }).click();
  await expect(dialog.getByLabel("Image")).toHaveValue(reference);
  await expect(dialog.getByLabel("Platform")).toHaveValue("linux/amd64");
  await expect(dialog.getByLabel("Sign in to the registry for this")).not.toBeChecked();
  await signIn(USER.password);
  await expect(page.locator("[data-toast]", { hasText: `Pulled ${reference}` })).toBeVisible();
  await expect(panel).toHaveCount(0);

  // Nothing of it in the page, in its answers or on the disk, when the server has ended in peace.
  expect(await page.content()).not.toContain(USER.password);
  const jobs = await page.evaluate(() => fetch("/api/v1/jobs").then((r) => r.text()));
  expect(jobs).toContain(reference);
  expect(jobs).not.toContain(USER.password);
  await server.stop("SIGTERM", true);
  const encoded = Buffer.from(`${USER.name}:${USER.password}`).toString("base64");
  for (const word of [USER.password, encoded]) expect(await filesWith(server.directory, word)).toEqual([]);
  const kept = await readFile(join(homedir(), ".docker", "config.json"), "utf8").catch(() => "");
  expect(kept).not.toContain(registry.address);
  await engine.docker("rmi", reference);
});

test("a pull whose engine is killed has failed, says why in each browser, and can be tried again", async ({
  browser,
}) => {
  registry = await Registry.start();
  const line = await TcpProxy.start(registry.address);
  ends.unshift(() => line.close());
  const engine = await Engine.up(`e2e-cut-${process.pid}`);
  ends.unshift(() => engine.down());
  const server = await Server.start(["--host", engine.host]);
  ends.unshift(() => server.stop());
  const there = `${registry.address}/big:1`;
  await engine.docker(
    "run",
    "--name",
    "maker",
    "busybox:local",
    "dd",
    "if=/dev/urandom",
    "of=/big",
    "bs=1M",
    "count=6",
  );
  await engine.docker("commit", "maker", there);
  await engine.docker("push", there);
  await engine.docker("rmi", there);
  const reference = `${new URL(line.origin).host}/big:1`;
  line.limit(100_000);

  const mine = await browser.newContext();
  const page = await mine.newPage();
  await page.goto(server.url);
  const live = new Live(page);
  await live.isLive();
  const theirs = await browser.newContext({ storageState: await mine.storageState() });
  const other = await theirs.newPage();
  await other.goto(server.origin);
  await pull(page, reference);
  await page.getByRole("dialog").getByRole("button", { name: "Pull", exact: true }).click();
  const panel = page.getByTestId("transfers");
  const panelThere = other.getByTestId("transfers");
  for (const p of [panel, panelThere]) await expect(p).toContainText(`Pulling ${reference}`);
  await expect(panel.getByTestId("transfer-progress")).toContainText(/downloading · .* of /);

  await engine.kill();
  await expect(panel).toContainText(`Could not pull ${reference}`);
  await expect(panel.getByRole("alert")).toContainText(/engine|Docker/);
  await expect(panelThere).toHaveCount(0);
  for (const p of [page, other]) await expect(new Live(p).pill).toHaveAttribute("data-state", "engine-down");
  await go(other, "/images/busybox:local");
  const stale = other.getByRole("heading", { name: "busybox:local" }).locator("..").getByText("last known");
  await expect(stale).toBeVisible();

  await engine.restart();
  line.limit(Number.POSITIVE_INFINITY);
  await live.isLive();
  await expect(stale).toHaveCount(0);
  await page.getByRole("button", { name: "Try again…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Pull", exact: true }).click();
  await expect(page.locator("[data-toast]", { hasText: `Pulled ${reference}` })).toBeVisible();
  await expect(live.row(reference)).toBeVisible();
  await mine.close();
  await theirs.close();
});
