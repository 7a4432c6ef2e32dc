import { readFile } from "node:fs/promises";
import { type Download, test as plain } from "@playwright/test";
import { Engine } from "./support/engine.ts";
import { Server } from "./support/server.ts";
import { expect, type Live, test } from "./support/test.ts";
import { WebKit } from "./support/webkit.ts";

// Without a network: each one made or removed changes the host's interfaces, and
// Chromium then drops what it is just fetching (ERR_NETWORK_CHANGED).
const busy = [
  "--cpus",
  "0.5",
  "--memory",
  "64m",
  "--network",
  "none",
  "busybox:local",
  "sh",
  "-c",
  "while :; do :; done",
];

async function open(live: Live, name: string): Promise<void> {
  const { page } = live;
  await page.goto(new URL(`/containers/${name}/charts`, page.url()).href);
  await live.isLive();
  await expect(page.getByTestId("charts")).toHaveAttribute("data-past", "ready");
}

function value(live: Live, column: string) {
  return live.page.locator(`[data-value="${column}"]`);
}

async function percent(live: Live): Promise<number> {
  return Number.parseFloat((await value(live, "cpu").textContent()) ?? "");
}

interface Samples {
  head: string[];
  rows: { at: number; cells: string[] }[];
}

/** What the CSV button gives. */
async function csv(live: Live): Promise<Samples> {
  const text = (await saved(live, "CSV")).toString("utf8");
  const [head = "", ...lines] = text.trimEnd().split("\r\n");
  const rows = lines.map((line) => {
    const [time = "", ...cells] = line.split(",");
    return { at: Date.parse(time), cells };
  });
  return { head: head.split(","), rows };
}

async function saved(live: Live, button: string): Promise<Buffer> {
  const [download]: [Download, unknown] = await Promise.all([
    live.page.waitForEvent("download"),
    live.page.getByRole("button", { name: button }).click(),
  ]);
  return readFile(await download.path());
}

/** Points at a time in the chart of the last 5 minutes until it says so of it: the picture has gone on meanwhile. */
async function pointAt({ page }: Live, time: number, words: string): Promise<void> {
  const readout = page.getByTestId("readout");
  await expect(async () => {
    // Charts come and go with what is known, and move the others.
    const box = await page.locator('[data-chart="cpu"] .u-over').boundingBox();
    if (!box) throw new Error("no plot");
    await page.mouse.move(box.x + box.width / 2, box.y - 300);
    await expect(page.getByTestId("held")).toHaveCount(0);
    // It goes on with the next sample.
    await page.waitForTimeout(1_000);
    // In the middle: the bar above may take another line for what it then says.
    await page.mouse.move(box.x + box.width * (1 - (Date.now() - time) / 300_000), box.y + box.height / 2);
    await expect(readout).toContainText(words, { timeout: 2_000 });
  }).toPass();
}

test("a known load is shown, of what is always said", async ({ engine, live, page }) => {
  await engine.start("busy", ...busy);
  await open(live, "busy");
  const cpu = page.locator('[data-chart="cpu"]');
  await expect(cpu).toContainText("of one core");
  await expect.poll(() => percent(live)).toBeGreaterThan(35);
  await expect.poll(() => percent(live)).toBeLessThan(65);
  await expect(cpu.locator("[data-summary]")).toContainText(/min .* avg .* max /);
  await expect(cpu.getByRole("img")).toHaveAttribute("aria-label", /^CPU of one core, now [\d.]+ %\. min /);

  await page.getByRole("radio", { name: /its limit, 0.5 cores/ }).check({ force: true });
  await expect(cpu).toContainText("of its limit, 0.5 cores");
  await expect.poll(() => percent(live)).toBeGreaterThan(70);
  await page.getByRole("radio", { name: /the host/ }).check({ force: true });
  await expect(cpu).toContainText(/of the host’s \d+ core/);
  await expect.poll(() => percent(live)).toBeLessThan(52);

  await expect(page.locator('[data-chart="mem"]')).toContainText("limit 64.0 MiB");
  await expect(value(live, "mem")).toContainText(/B$/);
  await expect(value(live, "pids")).toHaveText(/^\d+$/);
});

test("the charts are filled on open, and what was measured can be taken along", async ({ engine, live, page }) => {
  const before = Date.now();
  await engine.start("early", ...busy);
  await live.hasState("early", "running");
  await page.waitForTimeout(14_000);
  const opened = Date.now();
  await open(live, "early");
  const first = await csv(live);
  expect(first.head.slice(0, 3)).toEqual(["time", "cpu_percent_of_one_core", "memory_bytes"]);
  const past = first.rows.filter((row) => row.at < opened);
  expect(past.length, "samples from before the charts were opened").toBeGreaterThan(1);
  expect(past[0]?.at).toBeGreaterThan(before - 2_000);
  expect(Math.max(...past.map((row) => Number(row.cells[0])))).toBeGreaterThan(30);

  // Each second from now on, in order, none twice.
  const since = async () => (await csv(live)).rows.map((row) => row.at).filter((at) => at > opened);
  await expect.poll(async () => (await since()).length).toBeGreaterThanOrEqual(4);
  const times = (await csv(live)).rows.map((row) => row.at);
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));

  const png = await saved(live, "PNG");
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  expect(png.length).toBeGreaterThan(5_000);

  await page.getByRole("button", { name: "Table" }).click();
  const table = page.getByRole("table");
  await expect(table.getByRole("columnheader").first()).toContainText("From");
  await expect(table.getByRole("row")).toHaveCount(31);
  await expect(table.getByRole("row").nth(1)).toContainText("%");
});

test("a pointer holds the picture while samples go on, and a drag looks closer", async ({ engine, live, page }) => {
  await engine.start("held", ...busy);
  await open(live, "held");
  await page.getByRole("radio", { name: "1 minute" }).check({ force: true });
  await expect.poll(() => percent(live)).toBeGreaterThan(20);
  await page.waitForTimeout(4_000);
  const plot = page.locator('[data-chart="cpu"] .u-over');
  const box = await plot.boundingBox();
  if (!box) throw new Error("no plot");
  const y = box.y + box.height / 2;

  await page.mouse.move(box.x + box.width - 12, y);
  const held = page.getByTestId("held");
  await expect(held).toContainText(/Paused · \d+ s behind/);
  await expect(page.getByTestId("readout")).toContainText(/\d\d:\d\d:\d\d/);
  await expect(page.locator('[data-chart="mem"] .u-cursor-x'), "the cursors go together").not.toHaveClass(/u-off/);
  const count = (await csv(live)).rows.length;
  await page.mouse.move(box.x + box.width - 14, y);
  await expect(held).toContainText(/Paused · ([3-9]|\d\d+) s behind/);
  await page.mouse.move(box.x + box.width / 2, box.y - 300);
  await expect(held, "it runs again when the pointer has left").toHaveCount(0);
  await expect.poll(async () => (await csv(live)).rows.length).toBeGreaterThan(count);

  await page.mouse.move(box.x + box.width * 0.6, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, y, { steps: 5 });
  await page.mouse.up();
  await expect(held).toContainText("Zoomed");
  const zoomed = await csv(live);
  const seconds = zoomed.rows.map((row) => row.at);
  expect(Math.max(...seconds) - Math.min(...seconds)).toBeLessThan(20_000);
  await plot.dblclick({ position: { x: box.width / 2, y: 20 } });
  await page.mouse.move(box.x + box.width / 2, box.y - 300);
  await expect(held).toHaveCount(0);

  await page.getByRole("group", { name: /arrow keys/ }).focus();
  await page.keyboard.press("ArrowLeft");
  await expect(held).toContainText("Paused");
  await expect(page.getByTestId("readout")).toContainText(/\d\d:\d\d:\d\d/);
  await page.keyboard.press("Escape");
  await expect(held).toHaveCount(0);
});

test("a time of which nothing is known is a gap, and says so", async ({ engine, live, page, server }) => {
  await engine.start("gap", ...busy);
  await open(live, "gap");
  await page.getByRole("radio", { name: "5 minutes", exact: true }).check({ force: true });
  await expect.poll(() => percent(live)).toBeGreaterThan(20);
  const from = Date.now();
  server.signal("SIGSTOP");
  await expect(value(live, "cpu"), "an old value is not the current one").toHaveText("—");
  // Long enough to be pointed at in the picture.
  await page.waitForTimeout(10_000);
  const to = Date.now();
  server.signal("SIGCONT");
  await live.isLive();
  await expect.poll(() => percent(live)).toBeGreaterThan(20);

  const { rows } = await csv(live);
  expect(rows.filter((row) => row.at > from + 2_000 && row.at < to - 500)).toEqual([]);
  await pointAt(live, (from + to) / 2, "not known");
});

test("restarts are marked, and a stop ends the line", async ({ engine, live, page }) => {
  await engine.start("marked", ...busy);
  await open(live, "marked");
  await page.getByRole("radio", { name: "5 minutes", exact: true }).check({ force: true });
  await expect.poll(() => percent(live)).toBeGreaterThan(20);
  await engine.docker("restart", "-t", "0", "marked");
  // By the engine's word: it may answer long after it has done it.
  const restarted = Date.parse(await engine.docker("inspect", "--format", "{{.State.StartedAt}}", "marked"));
  await pointAt(live, restarted, "restarted, exit 137");
  await page.mouse.move(0, 0);
  await engine.docker("kill", "marked");
  await expect(value(live, "cpu")).toHaveText("—");
});

test("no label of the time axis is cut off, however wide the page is", async ({ engine, live, page }) => {
  // What is drawn into a canvas can't be asked of it afterwards.
  await page.addInitScript(() => {
    const seen = { labels: 0, cut: [] as string[] };
    Object.assign(window, { seen });
    const draw = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...rest) {
      if (/^\d\d:\d\d/.test(text)) {
        seen.labels++;
        const half = this.measureText(text).width / 2;
        if (x + half > this.canvas.width + 0.5 || x - half < 0)
          seen.cut.push(`${text} at ${x} of ${this.canvas.width}`);
      }
      draw.call(this, text, x, y, ...rest);
    };
  });
  await engine.start("labelled", ...busy);
  await open(live, "labelled");
  const seen = () => page.evaluate(() => (window as unknown as { seen: { labels: number; cut: string[] } }).seen);
  for (const width of [1280, 760, 360]) {
    await page.setViewportSize({ width, height: 800 });
    for (const range of ["1 minute", "5 minutes"]) {
      await page.getByRole("radio", { name: range, exact: true }).check({ force: true });
      // The labels wander with the seconds: five of them pass the edge in one way or another.
      const before = (await seen()).labels;
      await expect.poll(async () => (await seen()).labels - before).toBeGreaterThan(60);
    }
  }
  expect((await seen()).cut).toEqual([]);
});

// The engine inside the desktop window. LANG=C on purpose: uPlot asks Intl for
// navigator.language while it is being read, and "C" is no language.
plain("the charts open in WebKitGTK under the C locale", async () => {
  const engine = Engine.at(process.env.QUAYWATCH_E2E_ENGINE ?? "", process.env.QUAYWATCH_E2E_HOST ?? "");
  const server = await Server.start(["--host", engine.host]);
  const browser = await WebKit.start({ LANG: "C", LC_ALL: "C" });
  try {
    await engine.start("charted", ...busy);
    await browser.open(server.url);
    const text = (selector: string) =>
      browser.script<string>(`return document.querySelector(arguments[0])?.textContent ?? ""`, selector);
    await expect.poll(() => text("[data-pill]")).toMatch(/Live/);
    await browser.open(`${server.origin}/containers/charted/charts`);
    await expect.poll(() => text('[data-value="cpu"]')).toMatch(/\d %$/);
    const drawn = () =>
      browser.script<boolean>(
        `const c = document.querySelector('[data-chart="cpu"] canvas');
         if (!c?.width || !c.height) return false;
         const { data } = c.getContext("2d").getImageData(0, 0, c.width, c.height);
         return data.some((v, i) => i % 4 === 3 && v > 0);`,
      );
    await expect.poll(drawn, { message: "something is on the canvas" }).toBe(true);
    await browser.screenshot("test-results/webkitgtk-charts.png");
  } finally {
    await browser.stop();
    await server.stop();
    await engine.removeAll();
  }
});
