import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server as Receiver } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { inARow } from "./support/keys.ts";
import { Server } from "./support/server.ts";
import { expect, Live, test } from "./support/test.ts";

const image = "busybox:local";
const forever = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.2; done"];
const check = ["--health-cmd", "test ! -e /sick", "--health-interval", "1s", "--health-retries", "1"];

/** Within the page, as a link would: the connection stays. */
async function go(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => history.pushState(null, "", to), path);
}

const alertOf = (page: Page, name: string): Locator => page.locator(`[data-alert][data-name="${name}"]`);
const firing = (page: Page): Locator => page.getByRole("link", { name: /^Alerts/ }).getByTestId("firing");

test("a container that becomes unhealthy is told; who acknowledges or snoozes it is seen by everybody", async ({
  browser,
  engine,
  live,
  page,
  server,
}) => {
  await engine.start("patient", ...check, image, ...forever);
  await expect(live.cell("patient", "health")).toContainText("Healthy");
  await engine.docker("exec", "patient", "touch", "/sick");
  const toast = page.locator("[data-toast]", { hasText: "patient is unhealthy" });
  await expect(toast).toBeVisible();
  await expect(firing(page)).toContainText("1");
  await live.row("patient").getByRole("link", { name: "1 alert fires for patient" }).click();
  await expect(page).toHaveURL(/\/alerts\?q=patient$/);
  await expect(alertOf(page, "patient")).toHaveAttribute("data-standing", "firing");

  // Another browser: what fired before it came is on its page, and no toast.
  const context = await browser.newContext({ storageState: await page.context().storageState() });
  const other = await context.newPage();
  await other.goto(`${server.origin}/alerts`);
  await new Live(other).isLive();
  const there = alertOf(other, "patient");
  await expect(there).toHaveAttribute("data-standing", "firing");
  await there.getByRole("button", { name: "Acknowledge" }).click();
  await other.getByRole("dialog").getByRole("textbox").fill("Looking into it");
  await other.keyboard.press("Enter");
  await expect(alertOf(page, "patient")).toHaveAttribute("data-standing", "hushed");
  await expect(alertOf(page, "patient").locator("[data-mark=acknowledged]")).toContainText("“Looking into it”");
  await expect(toast).toHaveCount(0);
  await expect(firing(page)).toHaveCount(0);
  await expect(other.locator("[data-toast]")).toHaveCount(0);

  // By the keyboard here, seen there.
  await alertOf(page, "patient").focus();
  await page.keyboard.press("a");
  await expect(there).toHaveAttribute("data-standing", "firing");
  await expect(alertOf(page, "patient")).toBeFocused();
  await page.keyboard.press("z");
  await page.getByRole("menuitem", { name: "1 hour" }).click();
  await expect(there.locator("[data-mark=snoozed]")).toContainText(/Snoozed until (\d\d-\d\d )?\d\d:\d\d/);
  await there.getByRole("button", { name: "Wake" }).click();
  await expect(alertOf(page, "patient")).toHaveAttribute("data-standing", "firing");

  await engine.docker("exec", "patient", "rm", "/sick");
  await expect(alertOf(page, "patient")).toHaveCount(0);
  await go(page, "/alerts/history");
  await expect(alertOf(page, "patient")).toHaveAttribute("data-state", "resolved");
  await context.close();
});

test("a rule made in the page says what it would have found, and fires", async ({ engine, live, page }) => {
  await engine.start("crashed", image, "sh", "-c", "exit 3");
  await live.hasState("crashed", "exited");
  await go(page, "/alerts");
  await expect(page.getByTestId("quiet")).toContainText(/\d+ rules look at 1 container\./);
  await inARow(page, "g", "c");
  await inARow(page, "g", "a");
  await page.getByRole("link", { name: "Rules", exact: true }).first().click();
  await page.getByRole("button", { name: "New rule" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Ended badly");
  await dialog.getByLabel("Condition").selectOption("exited");
  await dialog.getByLabel("Containers").pressSequentially("name:cra");
  await expect(dialog.getByRole("option", { name: /name:crashed/ })).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(dialog.getByLabel("Containers")).toHaveValue("name:crashed ");
  await expect(dialog.getByTestId("preview")).toContainText(/Would have fired once in the .* remembered\./);
  await expect(dialog.getByTestId("preview")).toContainText("It looks at 1 container of now.");
  await dialog.getByRole("button", { name: "Add the rule" }).click();
  await expect(dialog).toHaveCount(0);

  await engine.docker("start", "crashed");
  const rule = page.locator('[data-rule="Ended badly"]');
  await expect(rule).toContainText("1 firing");
  await rule.getByRole("link", { name: "1 firing" }).click();
  await expect(alertOf(page, "crashed")).toHaveAttribute("data-rule", "Ended badly");

  // Switched off it has no alerts, and removed it is gone.
  await go(page, "/alerts/rules");
  await rule.getByRole("switch").click();
  await expect(rule.getByRole("switch")).toHaveAttribute("aria-checked", "false");
  await expect(firing(page)).toHaveCount(0);
  await rule.getByRole("button", { name: /^Menu/ }).click();
  await page.getByRole("menuitem", { name: "Remove…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(rule).toHaveCount(0);
});

test("rules and deliveries that another tab or the file changes are changed here at once", async ({ engine, page }) => {
  const dir = await mkdtemp(join(tmpdir(), "quaywatch-rules-"));
  const file = join(dir, "rules.yaml");
  await writeFile(file, "rules: []\n");
  const server = await Server.start(["--host", engine.host, "--rules", file]);
  try {
    await page.goto(server.url);
    await new Live(page).isLive();
    await go(page, "/alerts/rules");
    const other = await page.context().newPage();
    await other.goto(`${server.origin}/alerts/rules`);
    await new Live(other).isLive();

    const there = other.locator('[data-rule="Paused"]').getByRole("switch");
    await expect(there).toHaveAttribute("aria-checked", "false");
    // Nobody asks again by the clock: what is read from here on is read because it was told.
    await page.locator('[data-rule="Paused"]').getByRole("switch").click();
    await expect(there).toHaveAttribute("aria-checked", "true");
    await writeFile(file, "rules:\n  - { name: Of the file, on: paused }\n");
    for (const tab of [page, other]) await expect(tab.locator('[data-rule="Of the file"]')).toBeVisible();

    await go(other, "/alerts/deliveries");
    await expect(other.getByRole("heading", { name: "Nobody else is told" })).toBeVisible();
    await go(page, "/alerts/deliveries");
    await page.getByRole("button", { name: "New delivery" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name", { exact: true }).fill("hook");
    await dialog.getByLabel("Address").fill("https://example.org/hook/key");
    await dialog.getByRole("button", { name: "Add the delivery" }).click();
    await expect(other.locator('[data-delivery="hook"]')).toContainText("https://example.org/••••");
  } finally {
    await server.stop();
    await rm(dir, { recursive: true });
  }
});

/** Takes what is sent, and answers as it is told to. */
async function receive(): Promise<{ receiver: Receiver; url: string; got: string[]; answer: { status: number } }> {
  const got: string[] = [];
  const answer = { status: 500 };
  const receiver = createServer((request: IncomingMessage, response) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      got.push(body);
      response.writeHead(answer.status).end();
    });
  });
  await new Promise<void>((done) => receiver.listen(0, "127.0.0.1", done));
  return { receiver, got, answer, url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook` };
}

test("a delivery is tried, keeps its secret to itself, and tells of an alert", async ({ engine, page }) => {
  const server = await Server.start(["--host", engine.host, "--notify-private"]);
  const { receiver, url, got, answer } = await receive();
  try {
    await page.goto(server.url);
    await new Live(page).isLive();
    await go(page, "/alerts/deliveries");
    await expect(page.getByRole("heading", { name: "Nobody else is told" })).toBeVisible();
    await page.getByRole("button", { name: "New delivery" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Add the delivery" }).click();
    await expect(dialog).toContainText("An address is needed.");
    await expect(dialog.getByLabel("Name", { exact: true })).toBeFocused();
    await dialog.getByLabel("Name", { exact: true }).fill("hook");
    await dialog.getByLabel("Address").fill(url);
    await dialog.getByLabel("Secret").fill("0123456789abcdef0123456789abcdef");
    await dialog.getByLabel("Gathers for", { exact: true }).fill("0");
    await dialog.getByRole("button", { name: "Add the delivery" }).click();
    await expect(dialog).toHaveCount(0);

    const item = page.locator('[data-delivery="hook"]');
    await item.getByRole("button", { name: "Test" }).click();
    await expect(item.getByRole("status")).toContainText("It did not arrive (500)");
    answer.status = 204;
    await item.getByRole("button", { name: "Test" }).click();
    await expect(item.getByRole("status")).toContainText("It arrived (204).");
    await expect(page.getByTestId("delivery-log").locator("[data-outcome=sent]")).toContainText("(test)");
    await item.getByRole("button", { name: /^Menu/ }).click();
    await page.getByRole("menuitem", { name: "Edit…" }).click();
    await expect(dialog.getByLabel("Secret")).toHaveValue("");
    await expect(dialog.getByLabel("Secret")).toHaveAttribute("placeholder", "set; type to replace");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await expect(dialog).toHaveCount(0);

    await engine.start("patient", ...check, image, ...forever);
    await engine.docker("exec", "patient", "touch", "/sick");
    await expect.poll(() => got.some((body) => body.includes("patient is unhealthy"))).toBe(true);
    await expect(page.getByTestId("delivery-log")).toContainText("patient");
  } finally {
    receiver.close();
    await server.stop();
  }
});
