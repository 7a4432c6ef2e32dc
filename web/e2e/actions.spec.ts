import type { Page } from "@playwright/test";
import type { Engine } from "./support/engine.ts";
import { expect, test } from "./support/test.ts";

const image = "busybox:local";
const forever = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"];

async function menu(page: Page, name: string, item: string | RegExp): Promise<void> {
  await page.locator(`[data-key][data-name="${name}"]`).click({ button: "right" });
  await page.getByRole("menuitem", { name: item }).click();
}

async function state(engine: Engine, name: string): Promise<string> {
  return engine.docker("inspect", "--format", "{{.State.Status}}", name);
}

/** Selects so many rows by their names, through the filter. */
async function selectAll(page: Page, filter: string, count: number): Promise<void> {
  await page.getByRole("combobox", { name: "Filter containers" }).fill(filter);
  await expect(page.locator("[data-key]")).toHaveCount(count);
  await page.getByRole("checkbox", { name: "Select all that are shown" }).click();
  await page.getByRole("combobox", { name: "Filter containers" }).fill("");
}

test("a stop is pending until the engine has told its end, and can be taken back", async ({
  engine,
  hold,
  live,
  page,
}) => {
  await engine.start("lazy", ...hold.container);
  await live.hasState("lazy", "running");
  await menu(page, "lazy", /^Stop/);
  await expect(live.cell("lazy", "state")).toContainText("Stopping…");
  await expect(live.row("lazy")).toHaveAttribute("data-state", "running");
  await hold.release();
  await live.hasState("lazy", "exited");
  await expect(live.cell("lazy", "state")).toContainText("Exited (0)");
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await live.hasState("lazy", "running");
  expect(await state(engine, "lazy")).toBe("running");
});

test("pause, unpause, restart and kill come back as the engine's events", async ({ engine, live, page }) => {
  await engine.start("web", image, ...forever);
  await live.hasState("web", "running");
  await menu(page, "web", "Pause");
  await live.hasState("web", "paused");
  await menu(page, "web", "Unpause");
  await live.hasState("web", "running");
  const started = await engine.docker("inspect", "--format", "{{.State.StartedAt}}", "web");
  await menu(page, "web", /^Restart/);
  await expect
    .poll(() => engine.docker("inspect", "--format", "{{.State.StartedAt}} {{.State.Status}}", "web"))
    .toMatch(new RegExp(`^(?!${started}).* running$`));
  await expect(live.cell("web", "state")).toContainText("Running");
  await menu(page, "web", "Kill");
  await live.hasState("web", "exited");
  await expect(live.cell("web", "state")).toContainText("137");
});

test("what the engine refuses is told in its words, and can be tried again", async ({ engine, live, page }) => {
  await engine.docker("run", "-d", "--name", "base", image, ...forever);
  await engine.docker("create", "--name", "rider", "--network", "container:base", image, ...forever);
  await engine.docker("stop", "-t", "0", "base");
  await live.hasState("rider", "created");
  await menu(page, "rider", /^Start/);
  const toast = page.getByText("Could not start rider").first();
  await expect(toast).toBeVisible();
  await expect(page.getByText(/cannot join network of a non running container/i).first()).toBeVisible();
  await engine.docker("start", "base");
  await live.hasState("base", "running");
  await page.getByRole("button", { name: "Retry", exact: true }).click();
  await live.hasState("rider", "running");
});

test("rename asks for a name that Docker takes, and back", async ({ engine, live, page }) => {
  await engine.start("old-name", image, ...forever);
  await engine.start("other", image, ...forever);
  await live.hasState("other", "running");
  await menu(page, "old-name", /^Rename/);
  const input = page.getByRole("textbox", { name: "New name" });
  await expect(input).toBeFocused();
  await expect(input).toHaveValue("old-name");
  await input.fill("no good");
  await expect(page.getByText(/A space can't be in a name/)).toBeVisible();
  await input.fill("other");
  await expect(page.getByText(/Another container is called other/)).toBeVisible();
  await input.fill("new-name");
  await page.keyboard.press("Enter");
  await expect(live.row("new-name")).toBeVisible();
  // Whoever points at a toast holds it there.
  await page.getByRole("button", { name: "Rename back" }).hover();
  expect(await engine.docker("ps", "--format", "{{.Names}}")).toContain("new-name");
  await page.getByRole("button", { name: "Rename back" }).click();
  await expect(live.row("old-name")).toBeVisible();
});

test("a dialog keeps the focus when the menu it came from has faded away", async ({ engine, live, page }) => {
  await engine.start("web", image, ...forever);
  await live.hasState("web", "running");
  for (const item of [/^Rename/, /^Remove/]) {
    await menu(page, "web", item);
    const dialog = page.getByRole("dialog");
    await expect(dialog).toBeVisible();
    await expect(page.getByRole("menu")).toHaveCount(0);
    // What is typed now, a moment later, must not reach the keys of the row.
    await expect(dialog.locator(":focus")).toHaveCount(1);
    await page.waitForTimeout(300);
    await expect(dialog.locator(":focus")).toHaveCount(1);
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await expect(live.row("web")).toBeFocused();
  }
});

test("remove is confirmed, and the keyboard does it all", async ({ engine, live, page }) => {
  await engine.start("alpha", image, ...forever);
  await engine.start("beta", image, ...forever);
  await live.hasState("beta", "running");
  await live.row("alpha").focus();
  await page.keyboard.press("Delete");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Remove alpha?");
  await expect(dialog).toContainText("It is running and will be killed");
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  expect(await state(engine, "alpha")).toBe("running");
  await expect(live.row("alpha")).toBeFocused();

  await page.keyboard.press("Delete");
  await dialog.getByRole("checkbox").check();
  const remove = dialog.getByRole("button", { name: "Remove", exact: true });
  await expect(remove).toBeDisabled();
  await dialog.getByRole("textbox").fill("alpha");
  await page.keyboard.press("Enter");
  await expect(live.row("alpha")).toHaveCount(0);
  await expect.poll(() => engine.docker("ps", "-a", "--format", "{{.Names}}")).toBe("beta");
  await expect(live.row("beta")).toBeFocused();
});

test("twelve at once: the one that fails says why, and is tried again", async ({ engine, live, page }) => {
  await engine.docker("run", "-d", "--name", "base", image, ...forever);
  for (let i = 1; i <= 11; i++) await engine.docker("create", "--name", `job-${i}`, image, ...forever);
  await engine.docker("create", "--name", "job-12", "--network", "container:base", image, ...forever);
  await engine.docker("stop", "-t", "0", "base");
  await live.hasState("job-12", "created");
  await selectAll(page, "job-", 12);
  const bar = page.getByTestId("bulk-bar");
  await expect(bar).toContainText("12 selected");
  await bar.getByRole("button", { name: "Start", exact: true }).click();
  const line = page.locator('[data-job][data-state="done"]');
  await expect(line.getByTestId("job-text")).toHaveText("11 started, 1 failed");
  await line.getByRole("button", { name: "1 failure" }).click();
  await expect(line.getByRole("list", { name: "Failures" })).toContainText("job-12");
  await expect(line.getByRole("list", { name: "Failures" })).toContainText(/non running container/i);
  await engine.docker("start", "base");
  await live.hasState("base", "running");
  await line.getByRole("button", { name: "Retry failed" }).click();
  await live.hasState("job-12", "running");
  await expect(page.locator("[data-job]")).toHaveCount(0);

  await page.keyboard.press("Escape");
  await expect(bar).toHaveCount(0);
});

test("more than ten are removed only when their number is typed", async ({ engine, live, page }) => {
  for (let i = 1; i <= 11; i++) await engine.docker("create", "--name", `gone-${i}`, image, "true");
  await live.hasState("gone-11", "created");
  await selectAll(page, "gone-", 11);
  await page.getByTestId("bulk-bar").getByRole("button", { name: "Remove" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("listitem")).toHaveCount(11);
  const remove = dialog.getByRole("button", { name: "Remove 11 containers" });
  await expect(remove).toBeDisabled();
  await dialog.getByRole("textbox").fill("10");
  await expect(remove).toBeDisabled();
  await dialog.getByRole("textbox").fill("11");
  await remove.click();
  await expect(page.locator("[data-key]")).toHaveCount(0);
  await expect.poll(() => engine.docker("ps", "-aq")).toBe("");
  await expect(page.getByTestId("bulk-bar")).toHaveCount(0);
});

test("a project stops and starts as one", async ({ engine, live, page }) => {
  for (const service of ["web", "db"]) {
    const labels = ["project=shop", `service=${service}`].map((l) => `com.docker.compose.${l}`);
    await engine.start(`shop-${service}-1`, ...labels.flatMap((l) => ["--label", l]), image, ...forever);
  }
  await engine.start("lonely", image, ...forever);
  await live.hasState("lonely", "running");
  await page.getByRole("button", { name: "Group" }).click();
  const group = page.locator('[data-group="shop"]');
  await expect(group).toContainText("2 of 2 running");
  await group.click({ button: "right" });
  await page.getByRole("menuitem", { name: "Stop project" }).click();
  await expect(group).toContainText("0 of 2 running");
  await live.hasState("lonely", "running");
  await group.click({ button: "right" });
  await page.getByRole("menuitem", { name: "Start project", exact: true }).click();
  await expect(group).toContainText("2 of 2 running");
});

test("a bulk action goes on when the page is reloaded in its middle", async ({ engine, hold, live, page }) => {
  for (let i = 1; i <= 14; i++) await engine.start(`slow-${i}`, ...hold.container);
  await live.hasState("slow-14", "running");
  await selectAll(page, "slow-", 14);
  await page.getByTestId("bulk-bar").getByRole("button", { name: "Stop" }).click();
  await expect(page.locator('[data-job][data-state="running"]')).toBeVisible();
  await expect(page.locator('[data-pending="stop"]').first()).toBeVisible();
  await page.reload();
  await live.isLive();
  const job = page.locator('[data-job][data-state="running"]');
  await expect(job.getByTestId("job-text")).toContainText(/Stopping \d+ of 14/);
  await expect(job).not.toContainText("asked for by");
  await expect(page.locator('[data-pending="stop"]').first()).toBeVisible();
  await hold.release();
  await expect(page.getByText("14 stopped").first()).toBeVisible();
  for (let i = 1; i <= 14; i++) expect(await state(engine, `slow-${i}`)).toBe("exited");
});

test("a bulk action can be cancelled: what was not begun is left alone", async ({ engine, hold, live, page }) => {
  for (let i = 1; i <= 16; i++) await engine.start(`slow-${i}`, ...hold.container);
  await live.hasState("slow-16", "running");
  await selectAll(page, "slow-", 16);
  await page.getByTestId("bulk-bar").getByRole("button", { name: "Stop" }).click();
  const cancelled = page.waitForResponse((r) => r.request().method() !== "GET" && r.url().includes("/api/v1/jobs/"));
  await page.locator('[data-job][data-state="running"]').getByRole("button", { name: "Cancel" }).click();
  await cancelled;
  await hold.release();
  await expect(page.getByText(/Cancelled: \d+ stopped, \d+ left alone/).first()).toBeVisible();
  await expect(page.locator("[data-pending]")).toHaveCount(0);
  const running = async () => (await engine.docker("ps", "-q")).split("\n").filter((id) => id !== "").length;
  expect(await running()).toBeGreaterThan(0);
  await expect(async () =>
    expect(await page.locator('[data-key][data-state="running"]').count()).toBe(await running()),
  ).toPass();
});
