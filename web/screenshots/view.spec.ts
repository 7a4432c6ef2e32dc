import type { Engine } from "../e2e/support/engine.ts";
import type { Camera } from "./camera.ts";
import { expect, test } from "./stage.ts";

test("a container's own view", async ({ stage, engine }) => {
  await stage.each(overviews);
  await stage.each(inspects);
  await stage.one("wide", (camera) => gone(camera, engine));
  await stage.one("narrow", (camera) => gone(camera, engine));
  // Something for the events, the charts and their markers.
  await engine.docker("restart", "-t", "0", "shop-api-1");
  await engine.docker("pause", "shop-api-1");
  await engine.docker("unpause", "shop-api-1");
  await stage.each(events);
  await stage.each(logs);
  await stage.each(projectLogs);
  await stage.each(terminals);
  for (const camera of stage.patient.charts) await charts(camera);
});

test("the table after a while, with its last two minutes", async ({ stage }) => {
  for (const camera of stage.patient.table) await tables(camera);
});

async function tables(camera: Camera): Promise<void> {
  const { page } = camera;
  await camera.quiet();
  await expect(camera.cell("shop-web-1", "cpu")).toContainText(/\d/);
  await camera.snap("table");
  await page.getByRole("button", { name: "Group" }).click();
  await expect(page.locator('[data-group="shop"]')).toBeVisible();
  await page.mouse.move(5, 5);
  await page.waitForTimeout(1_200);
  await camera.snap("table-grouped");
  await page.getByRole("button", { name: "Group" }).click();
}

async function terminals(camera: Camera): Promise<void> {
  const { page } = camera;
  await open(camera, "shop-api-1", "terminal");
  await page.getByRole("button", { name: "Open the terminal" }).click();
  const screen = page.locator(".xterm-rows");
  await expect(screen).toContainText(/[#$] /);
  for (const line of ["ls --color=always /", "ps | head -n 5", "stty size"]) await page.keyboard.type(`${line}\n`);
  await expect(screen).toContainText(/\d+ \d+\s*\/ #/);
  await camera.quiet();
  await camera.snap("container-terminal");
  await page.keyboard.type("exit\n");
  await expect(page.locator("[data-ended]")).toBeVisible();
}

async function open(camera: Camera, name: string, tab = ""): Promise<void> {
  await camera.open(`/containers/${name}${tab && `/${tab}`}`);
  await expect(camera.page.locator("[data-shown=there]")).toBeVisible();
}

async function charts(camera: Camera): Promise<void> {
  const { page } = camera;
  await camera.quiet();
  await expect(page.getByTestId("charts")).toHaveAttribute("data-past", "ready");
  await camera.snap("container-charts");
  const box = await page.locator('[data-chart="cpu"] .u-over').boundingBox();
  if (!box) throw new Error("no plot");
  await page.mouse.move(box.x + box.width * 0.7, box.y + 30);
  await expect(page.getByTestId("held")).toBeVisible();
  await page.waitForTimeout(1_200);
  await camera.snap("container-charts-held");
  await page.mouse.move(5, 5);
  await page.getByRole("button", { name: "Table" }).click();
  await page.getByRole("table").scrollIntoViewIfNeeded();
  await camera.snap("container-charts-table");
}

async function overviews(camera: Camera): Promise<void> {
  const { page } = camera;
  await open(camera, "shop-api-1");
  await expect(page.getByTestId("overview")).toHaveAttribute("data-inspected", "true");
  await page.getByRole("button", { name: "Reveal LOG_LEVEL" }).click();
  await page.waitForTimeout(1_500);
  await camera.snap("container-overview");
  await page.getByRole("button", { name: "More actions" }).click();
  await camera.snap("container-actions");
  await open(camera, "registry");
  await expect(page.locator("[data-check]").first()).toBeVisible();
  await camera.snap("container-unhealthy");
  await open(camera, "thumbnailer");
  await expect(page.locator('[data-exit="137"]')).toBeVisible();
  await camera.snap("container-oom");
  await camera.go("/containers/nobody");
  await expect(page.getByRole("heading", { name: "No such container" })).toBeVisible();
  await camera.snap("no-container");
}

/** Removed while one looks, and there is another of its name. */
async function gone(camera: Camera, engine: Engine): Promise<void> {
  const start = () => engine.start("import", "--network", "container:shop-cache-1", "scene:1", "idle");
  await start();
  await open(camera, "import");
  await engine.docker("rm", "-f", "import");
  await expect(camera.page.getByTestId("gone")).toBeVisible();
  await start();
  await expect(camera.page.getByRole("link", { name: "There is a new import" })).toBeVisible();
  await camera.snap("container-gone");
  await engine.docker("rm", "-f", "import");
}

async function inspects(camera: Camera): Promise<void> {
  const { page } = camera;
  await open(camera, "shop-api-1", "inspect");
  await expect(page.getByRole("tree")).toBeVisible();
  await camera.snap("container-inspect");
  await page.getByRole("searchbox", { name: "Search names and values" }).fill("shop");
  await page.waitForTimeout(300);
  await camera.snap("container-inspect-search");
}

async function events(camera: Camera): Promise<void> {
  await open(camera, "shop-api-1", "events");
  await expect(camera.page.locator("[data-why]").first()).toBeVisible();
  if (camera.wide) {
    await camera.page.getByRole("button", { name: "Restart", exact: true }).click();
    await expect(camera.page.locator('[data-event="start"] [data-why="you"]').first()).toBeVisible({ timeout: 20_000 });
  }
  await camera.snap("container-events");
  await open(camera, "shop-worker-1", "events");
  await expect(camera.page.locator("[data-why]").first()).toBeVisible();
  await camera.snap("container-events-loop");
}

async function logs(camera: Camera): Promise<void> {
  const { page } = camera;
  await open(camera, "shop-api-1", "logs");
  await expect(page.locator(".ql-row").first()).toBeVisible();
  await page.waitForTimeout(800);
  await camera.snap("container-logs");
  await page.getByRole("searchbox", { name: "Search the log" }).fill("order");
  await page.keyboard.press("Enter");
  await page.waitForTimeout(300);
  await camera.snap("container-logs-search");
  await page.getByRole("searchbox", { name: "Search the log" }).fill("");
  await page.getByRole("log").hover();
  await page.mouse.wheel(0, -300);
  await page.waitForTimeout(2_000);
  await camera.snap("container-logs-paused");
  await page.getByTestId("log-new").click();
  await page.getByRole("button", { name: "Log options" }).click();
  await camera.snap("container-logs-options");
  await page.getByRole("menuitemcheckbox", { name: "JSON lines pretty" }).click();
  await page.keyboard.press("Escape");
  await page.waitForTimeout(300);
  await camera.snap("container-logs-json");
}

async function projectLogs(camera: Camera): Promise<void> {
  const { page } = camera;
  await camera.open("/logs?project=shop");
  await expect(page.locator(".ql-row").first()).toBeVisible();
  await page.waitForTimeout(1_500);
  await camera.snap("logs-project");
}
