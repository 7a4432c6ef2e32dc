import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { Server } from "./support/server.ts";
import { expect, Live, test } from "./support/test.ts";

const image = ["--network", "none", "busybox:local"];

/** The chart of CPU in words: its figure's label. */
function cpu(page: Page) {
  return page.locator('[data-chart="cpu"] [role="img"]');
}

test("an event leads to the container's log and charts around its moment, and from there back to now", async ({
  live,
  engine,
}) => {
  const { page } = live;
  // Many lines before its end, and many after: the view must be put between them.
  const run = "i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo line $i; done; sleep 1; exit 3";
  const id = await engine.start("shaky", ...image, "sh", "-c", run);
  await engine.docker("wait", "shaky");
  await page.goto(new URL("/events", page.url()).href);
  await live.isLive();
  const end = page.locator('[data-line][data-name="shaky"][data-event="die"]');
  await end.getByRole("link", { name: "Logs around this moment" }).click();
  await expect(page).toHaveURL(new RegExp(`/containers/${id.slice(0, 12)}/logs\\?at=[-0-9]+T[0-9:.]+Z$`));
  const mark = page.locator('.ql-row[data-kind="moment"]');
  const lines = page.locator(".ql-row");
  await expect(mark).toBeInViewport();
  await expect(page.getByTestId("moment-note")).toHaveText("Nothing was written after this moment.");

  await engine.docker("start", "shaky");
  await engine.docker("wait", "shaky");
  await page.reload();
  await live.isLive();
  await expect(page.getByTestId("moment-count")).toHaveText("300 lines before, 300 lines after");
  await expect(mark).toBeInViewport();
  await expect(lines.filter({ hasText: /line 300$/ }).first()).toBeInViewport();
  await expect(lines.filter({ hasText: /line 1$/ }).first()).toBeInViewport();

  await page.getByRole("link", { name: "Charts", exact: true }).click();
  const charts = page.getByTestId("charts");
  await expect(charts).toHaveAttribute("data-moment", /Z$/);
  await expect(charts).toHaveAttribute("data-past", "ready");
  await expect(cpu(page)).toHaveAttribute("aria-label", /, at \d\d:\d\d:\d\d /);
  await page.getByRole("radio", { name: "6 hours" }).check({ force: true });
  await expect(page).toHaveURL(/\?at=.*&span=6h$/);

  const then = page.url();
  await page.getByRole("link", { name: "Back to live" }).click();
  await expect(page).toHaveURL(/\/charts$/);
  await expect(page.getByTestId("moment")).toHaveCount(0);
  await expect(charts).not.toHaveAttribute("data-moment", /./);
  await expect(page.getByRole("link", { name: "Charts", exact: true })).toBeFocused();

  // From now on as far back as it is kept.
  await page.getByRole("button", { name: "7 d", exact: true }).click();
  await expect(page).toHaveURL(/\/charts\?at=.*Z&span=7d$/);
  await expect(charts).toHaveAttribute("data-past", "ready");
  await expect(page.getByRole("radio", { name: "7 days" })).toBeChecked();
  await page.goBack();
  await expect(page).toHaveURL(/\/charts$/);

  await engine.docker("rm", "-f", "shaky");
  await page.goto(then);
  await expect(page.getByTestId("remembered")).toBeVisible();
  await expect(page.getByTestId("charts")).toHaveAttribute("data-past", "ready");
  await expect(page.getByRole("link", { name: "Back to live" })).toHaveCount(0);
  await page.getByRole("link", { name: "Log then" }).click();
  await expect(page.getByTestId("log-gone")).toContainText("The container was removed, and its log with it");
});

test("a log around a moment is read on, a page at a time, in both directions", async ({ live, engine }) => {
  const { page } = live;
  const run =
    "seq 1 2500 | sed s/^/before/; while [ ! -e /go ]; do sleep 0.1; done; seq 1 2500 | sed s/^/after/; sleep 3600";
  await engine.start("many", ...image, "sh", "-c", run);
  const written = (line: string) =>
    expect.poll(async () => (await engine.docker("logs", "--tail", "1", "many")).trim()).toBe(line);
  await written("before2500");
  const moment = new Date(Date.now() + 1).toISOString();
  await new Promise((done) => setTimeout(done, 50));
  await engine.docker("exec", "many", "touch", "/go");
  await written("after2500");

  await page.goto(new URL(`/containers/many/logs?at=${moment}`, page.url()).href);
  const count = page.getByTestId("moment-count");
  const line = (text: string) => page.locator(".ql-row").filter({ hasText: new RegExp(`${text}$`) });
  await expect(count).toHaveText("1,000 lines and more before, 1,000 lines and more after");
  const earlier = page.getByRole("button", { name: "Earlier lines" });
  await earlier.click();
  await expect(count).toHaveText("2,000 lines and more before, 1,000 lines and more after");
  // Reading goes on where it was: at the edge, with what was put to it.
  await expect(line("before1501")).toBeInViewport();
  await expect(line("before1500")).toBeInViewport();
  await earlier.click();
  await expect(count).toHaveText("2,500 lines before, 1,000 lines and more after");
  await expect(earlier).toHaveCount(0);
  const later = page.getByRole("button", { name: "Later lines" });
  await later.click();
  await expect(count).toHaveText("2,500 lines before, 2,000 lines and more after");
  await expect(line("after1000")).toBeInViewport();
  await expect(line("after1001")).toBeInViewport();
  await later.click();
  await expect(count).toHaveText("2,500 lines before, 2,500 lines after");
  await expect(later).toHaveCount(0);
  await page.getByRole("log").focus();
  await page.keyboard.press("Home");
  await expect(line("before1")).toBeInViewport();
  await page.keyboard.press("End");
  await expect(line("after2500")).toBeInViewport();
});

test("charts around a moment reach back over a restart of the server", async ({ browser, engine }) => {
  const dir = await mkdtemp(join(tmpdir(), "quaywatch-e2e-"));
  const first = await Server.start(["--host", engine.host], undefined, dir);
  const page = await browser.newPage();
  const live = new Live(page);
  await page.goto(first.url);
  await live.isLive();
  await engine.start("worker", ...image, "sh", "-c", "while :; do :; done");
  await page.goto(new URL("/containers/worker/charts", page.url()).href);
  // As much as makes a stretch of ten seconds on disk.
  await expect(page.getByTestId("charts")).toHaveAttribute("data-past", "ready");
  const answer = async () => {
    const got = await page.request.get(`${first.origin}/api/v1/containers/worker/series?seconds=60&cols=cpu`);
    const { at } = (await got.json()) as { at: number[] };
    return (at.at(-1) ?? 0) - (at[0] ?? 0);
  };
  await expect.poll(answer).toBeGreaterThan(11_000);
  const moment = new Date(Date.now() - 5_000).toISOString();
  await first.stop("SIGTERM", true);

  const second = await Server.start(["--host", engine.host], undefined, dir);
  try {
    await page.goto(second.url);
    await live.isLive();
    await page.goto(new URL(`/containers/worker/charts?at=${moment}`, page.url()).href);
    await expect(page.getByTestId("charts")).toHaveAttribute("data-past", "ready");
    await expect(cpu(page)).toHaveAttribute("aria-label", /avg [\d.]+ %/);
    await expect(page.getByTestId("moment-note")).toHaveText("");
  } finally {
    await page.close();
    await second.stop();
  }
});
