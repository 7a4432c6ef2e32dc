import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { inARow } from "./support/keys.ts";
import { root, run } from "./support/run.ts";
import { Server } from "./support/server.ts";
import { expect, Live, test } from "./support/test.ts";

const image = ["--network", "none", "busybox:local"];
const forever = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"];

interface Line {
  name: string;
  action: string;
  time: string;
}

/** The events that are drawn, the newest first, read in one moment. */
function lines(page: Page): Promise<Line[]> {
  return page
    .getByTestId("events-list")
    .evaluate((list) =>
      [...list.querySelectorAll<HTMLElement>("[data-line][data-time]")]
        .sort(
          (a, b) => Number(a.ariaRowIndex ?? a.getAttribute("aria-rowindex")) - Number(b.getAttribute("aria-rowindex")),
        )
        .map((el) => ({ name: el.dataset.name ?? "", action: el.dataset.event ?? "", time: el.dataset.time ?? "" })),
    );
}

async function told(page: Page, name: string): Promise<string> {
  if ((await page.getByTestId("events-list").count()) === 0) return "";
  const all = await lines(page);
  return all.flatMap((l) => (l.name === name ? [l.action] : [])).join(" ");
}

test("what was before a restart of the server and what comes after stand in one list, each once", async ({
  browser,
  engine,
}) => {
  const dir = await mkdtemp(join(tmpdir(), "quaywatch-e2e-"));
  const first = await Server.start(["--host", engine.host], undefined, dir);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const live = new Live(page);
  await page.goto(first.url);
  await live.isLive();
  await inARow(page, "g", "e");
  await expect(page).toHaveURL(/\/events$/);
  const id = await engine.start("remembered", ...image, ...forever);
  await expect.poll(() => told(page, "remembered")).toBe("start create");
  await first.stop("SIGKILL", true);
  // Nobody hears this one; the engine tells of it afterwards.
  await engine.docker("rm", "-f", "remembered");

  const second = await Server.start(["--host", engine.host], undefined, dir);
  try {
    await page.goto(second.url);
    await live.isLive();
    await page.goto(`${second.origin}/events?kind=container`);
    await engine.start("newcomer", ...image, ...forever);
    await expect.poll(() => told(page, "newcomer")).toBe("start create");
    await expect.poll(() => told(page, "remembered")).toMatch(/^destroy .*start create$/);
    const all = (await lines(page)).map((l) => `${l.time} ${l.name} ${l.action}`);
    expect(new Set(all).size).toBe(all.length);

    // Its own page is as the history knows it.
    await page
      .locator('[data-name="remembered"][data-event="create"]')
      .getByRole("link", { name: "remembered", exact: true })
      .click();
    await expect(page).toHaveURL(new RegExp(id.slice(0, 12)));
    await expect(page.getByTestId("remembered")).toContainText("Removed");
    await expect(page.getByTestId("container-events").locator('[data-event="start"]')).toBeVisible();
  } finally {
    await context.close();
    await second.stop();
  }
});

test("what was found out afterwards says so, on a telephone too", async ({ browser, engine }) => {
  const dir = await mkdtemp(join(tmpdir(), "quaywatch-e2e-"));
  const first = await Server.start(["--host", engine.host], undefined, dir);
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await page.goto(first.url);
  await page.goto(`${first.origin}/events`);
  await engine.start("unheard", ...image, ...forever);
  await expect.poll(() => told(page, "unheard")).toBe("start create");
  await first.stop("SIGKILL", true);
  // The engine forgets its events: nobody ever hears of this one.
  await engine.docker("rm", "-f", "unheard");
  await engine.restart();
  await page.waitForTimeout(2_500); // less than two seconds of silence are not told

  const second = await Server.start(["--host", engine.host], undefined, dir);
  try {
    await page.goto(second.url);
    await page.goto(`${second.origin}/events`);
    await expect.poll(() => told(page, "unheard")).toMatch(/^destroy\b/);
    const gone = page.locator('[data-name="unheard"][data-event="destroy"]');
    await expect(gone.getByText("inferred")).toBeVisible();
    const gap = page.locator("[data-gap]", { hasText: "Quaywatch did not run" });
    await expect(gap).toContainText("events may be missing");
    // All of it within its line, and nothing over the next one.
    const [row, text] = [await gap.boundingBox(), await gap.locator(".qw-events-between").boundingBox()];
    expect(text?.height).toBeLessThanOrEqual(row?.height ?? 0);
  } finally {
    await context.close();
    await second.stop();
  }
});

test("a search with chips is kept by name, and another browser of the same user has it", async ({
  browser,
  engine,
  live,
  page,
  server,
}) => {
  await engine.start("wanted", ...image, ...forever);
  await engine.start("unwanted", ...image, "sh", "-c", "exit 3");
  await page.goto(`${server.origin}/events`);
  await live.isLive();
  await page.getByRole("searchbox", { name: "Search events" }).fill("want");
  await expect.poll(() => told(page, "wanted")).toBe("start create");
  await expect.poll(() => told(page, "unwanted")).toBe("");
  await page.getByRole("searchbox", { name: "Search events" }).fill("busybox");
  await expect.poll(() => told(page, "unwanted")).toBe("die start create");
  await page.getByRole("button", { name: "Action", exact: true }).click();
  await page.getByRole("checkbox", { name: "die" }).check();
  await page.keyboard.press("Escape");
  await expect.poll(() => told(page, "unwanted")).toBe("die");
  await expect(page).toHaveURL(/action=die/);
  await expect(page).toHaveURL(/text=busybox/);

  await page.getByRole("button", { name: "Saved filters" }).click();
  await page.getByRole("textbox", { name: "Name of this filter" }).fill("Only ends");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("button", { name: "Only ends", exact: true })).toHaveAttribute("aria-current", "true");

  const link = await run(`${root}/bin/quaywatch`, ["token", "url", "--data-dir", server.directory]);
  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(server.origin + new URL(link).hash);
  await new Live(other).isLive();
  await other.goto(`${server.origin}/events`);
  await other.getByRole("button", { name: "Saved filters" }).click();
  await other.getByRole("button", { name: "Only ends", exact: true }).click();
  await expect.poll(() => told(other, "unwanted")).toBe("die");
  await other.getByRole("button", { name: "Saved filters" }).click();
  await other.getByRole("button", { name: "Delete Only ends" }).click();
  await other.keyboard.press("Escape");
  await other.getByRole("button", { name: "Undo" }).click();
  await other.getByRole("button", { name: "Saved filters" }).click();
  await expect(other.getByRole("button", { name: "Only ends", exact: true })).toBeVisible();
  await context.close();
});

test("an export has what is listed, no more and no less", async ({ engine, live, page, server }) => {
  await engine.start("exported", ...image, ...forever);
  await engine.start("aside", ...image, ...forever);
  await engine.docker("pause", "exported");
  await engine.docker("unpause", "exported");
  await page.goto(`${server.origin}/events?container=exported`);
  await live.isLive();
  await expect.poll(() => told(page, "exported")).toBe("unpause pause start create");
  await expect(page.getByTestId("list-end")).toBeVisible();
  const exported = async (name: string) => {
    await page.getByRole("button", { name: "Export", exact: true }).click();
    const href = (await page.getByRole("link", { name }).getAttribute("href")) ?? "";
    await page.keyboard.press("Escape");
    return (await page.request.get(server.origin + href)).text();
  };
  const listed = await lines(page);
  const ndjson = (await exported("NDJSON"))
    .trim()
    .split("\n")
    .map((l) => JSON.parse(l) as Line);
  expect(ndjson.map(({ name, action, time }) => ({ name, action, time }))).toEqual(listed);
  const csv = (await exported("CSV")).trim().split("\n").slice(1);
  expect(csv.map((l) => l.split(",").at(0))).toEqual(listed.map((l) => l.time));
});
