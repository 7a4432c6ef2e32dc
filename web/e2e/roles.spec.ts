import type { Page } from "@playwright/test";
import { root, run } from "./support/run.ts";
import { Server } from "./support/server.ts";
import { expect, Live, test } from "./support/test.ts";

const image = "busybox:local";
const forever = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"];
const DESTRUCTIVE = ["stop", "restart", "pause", "kill", "rename", "remove"];

/** Nothing on any page can be done to a container, and all of it says why; the server refuses besides. */
async function mayNothing(page: Page, reason: string | RegExp): Promise<void> {
  const live = new Live(page);
  await live.hasState("kept", "running");
  await live.row("kept").click({ button: "right" });
  for (const action of DESTRUCTIVE) {
    const item = page.locator(`[role="menuitem"][data-action="${action}"]`);
    await expect(item, action).toHaveAttribute("aria-disabled", "true");
    await expect(item, action).toHaveAttribute("title", reason);
  }
  await expect(page.getByRole("menu").locator("[data-why]")).toHaveText(reason);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("menu")).toHaveCount(0);

  // The keys do no more than the menu.
  await live.row("kept").focus();
  for (const key of ["s", "r", "Delete"]) await page.keyboard.press(key);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("x");
  const bar = page.getByTestId("bulk-bar");
  for (const name of ["Stop", "Restart", "Remove"]) {
    const button = bar.getByRole("button", { name, exact: true });
    await expect(button, name).toHaveAttribute("aria-disabled", "true");
    await expect(button, name).toHaveAttribute("aria-description", reason);
  }
  await page.keyboard.press("Escape");

  await live.row("kept").focus();
  await page.keyboard.press("Enter");
  const stop = page.getByRole("group", { name: "Actions on kept" }).getByRole("button", { name: "Stop" });
  await expect(stop).toHaveAttribute("aria-description", reason);
  await stop.click({ force: true });

  const id = new URL(page.url()).pathname.split("/").find((part) => /^[0-9a-f]{12,64}$/.test(part)) ?? "kept";
  const refused = await page.evaluate(async (container) => {
    const path = `/api/v1/containers/${container}`;
    const asks: [string, string, string?][] = [
      ["POST", `${path}/stop`, "{}"],
      ["POST", `${path}/rename`, '{"name":"taken"}'],
      ["DELETE", `${path}?force=true`],
      ["POST", "/api/v1/jobs", JSON.stringify({ action: "stop", containers: [container] })],
    ];
    const headers = { "Content-Type": "application/json" };
    return Promise.all(
      asks.map(async ([method, url, body]) => (await fetch(url, { method, headers, body: body ?? null })).status),
    );
  }, id);
  expect(refused).toEqual([403, 403, 403, 403]);
}

test("a viewer sees all, and can do nothing", async ({ browser, engine, server }) => {
  await engine.start("kept", "-e", "SECRET=hush", image, ...forever);
  const token = await run(`${root}/bin/quaywatch`, [
    ...["token", "create", "looker", "--role", "viewer", "--data-dir", server.directory],
  ]);
  const context = await browser.newContext();
  const page = await context.newPage();
  const secret = /qw_[a-z0-9]+/.exec(token)?.[0] ?? "";
  await page.goto(`${server.origin}/#token=${secret}`);
  await new Live(page).isLive();
  await mayNothing(page, /viewer.*need the role operator/);
  await expect(page.getByText("Only operators may see values.")).toBeVisible();
  expect(await page.content()).not.toContain("hush");
  expect(await engine.docker("inspect", "--format", "{{.State.Status}} {{.Name}}", "kept")).toBe("running /kept");
  await context.close();
});

test("with --read-only not even the admin can do anything", async ({ engine, page }) => {
  await engine.start("kept", image, ...forever);
  const server = await Server.start(["--host", engine.host, "--read-only"]);
  await page.goto(server.url);
  await new Live(page).isLive();
  await mayNothing(page, /read-only: it was started with --read-only/);
  expect(await engine.docker("inspect", "--format", "{{.State.Status}} {{.Name}}", "kept")).toBe("running /kept");
  await server.stop();
});

test("with --read-only images, volumes and networks say why nothing can be done", async ({ engine, page }) => {
  await engine.docker("volume", "create", "kept");
  const server = await Server.start(["--host", engine.host, "--read-only"]);
  await page.goto(server.url);
  const live = new Live(page);
  await live.isLive();
  const why = /read-only: it was started with --read-only/;
  for (const [path, names] of [
    ["/images", ["Pull", "Prune"]],
    ["/networks", ["Create", "Prune"]],
    ["/volumes", ["Create", "Prune"]],
  ] as const) {
    await page.evaluate((to) => history.pushState(null, "", to), path);
    for (const name of names) {
      const button = page.getByRole("button", { name, exact: true }).first();
      await expect(button, `${path} ${name}`).toHaveAttribute("aria-description", why);
      await button.click({ force: true });
    }
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }
  await live.row("kept").click({ button: "right" });
  await expect(page.getByRole("menuitem", { name: "Remove…" })).toHaveAttribute("title", why);
  await page.keyboard.press("Escape");
  await live.row("kept").focus();
  for (const key of ["x", "Delete"]) await page.keyboard.press(key);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  const bulk = page.getByTestId("bulk-bar").getByRole("button", { name: "Remove" });
  await expect(bulk).toHaveAttribute("aria-description", why);
  await live.row("kept").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Remove", exact: true })).toHaveAttribute("aria-description", why);
  const refused = await page.evaluate(async () => {
    const things = [{ kind: "volumes", id: "kept" }];
    const asks: [string, string, unknown?][] = [
      ["DELETE", "/api/v1/volumes/kept"],
      ["POST", "/api/v1/volumes", { name: "more" }],
      ["POST", "/api/v1/jobs", { kind: "remove", options: {}, things }],
      ["POST", "/api/v1/jobs", { kind: "pull", options: {}, subject: "alpine" }],
    ];
    const headers = { "Content-Type": "application/json" };
    const ask = ([method, url, body]: (typeof asks)[number]) =>
      fetch(url, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
    return Promise.all(asks.map(async (one) => (await ask(one)).status));
  });
  expect(refused).toEqual([403, 403, 403, 403]);
  expect(await engine.docker("volume", "ls", "-q")).toBe("kept");
  await server.stop();
  await engine.docker("volume", "rm", "kept");
});

test("what somebody else has asked for is seen as pending, by whom it was, and how it ended", async ({
  browser,
  engine,
  hold,
  live,
  page,
  server,
}) => {
  for (const name of ["lazy-1", "lazy-2"]) await engine.start(name, ...hold.container);
  const context = await browser.newContext();
  const other = await context.newPage();
  const link = await run(`${root}/bin/quaywatch`, ["token", "url", "--data-dir", server.directory]);
  await other.goto(server.origin + new URL(link).hash);
  const theirs = new Live(other);
  for (const name of ["lazy-1", "lazy-2"]) await theirs.hasState(name, "running");

  await page.getByRole("combobox", { name: "Filter containers" }).fill("lazy-");
  await expect(page.locator("[data-key]")).toHaveCount(2);
  for (const name of ["lazy-1", "lazy-2"]) await live.hasState(name, "running");
  await page.getByRole("checkbox", { name: "Select all that are shown" }).click();
  await page.getByTestId("bulk-bar").getByRole("button", { name: "Stop", exact: true }).click();
  for (const name of ["lazy-1", "lazy-2"]) {
    await expect(theirs.row(name).locator('[data-pending="stop"]')).toContainText("Stopping…");
    await expect(theirs.row(name)).toHaveAttribute("data-state", "running");
  }
  await hold.release();
  for (const name of ["lazy-1", "lazy-2"]) {
    await theirs.hasState(name, "exited");
    await expect(theirs.row(name).locator("[data-pending]")).toHaveCount(0);
  }
  await expect(other.locator('[data-event="stop"]').first()).toContainText("by browser");
  await expect(page.locator('[data-event="stop"]').first()).toContainText("by you");
  await context.close();
});
