// Measures the page in Chromium, for `make bench`; prints one JSON object.
//
//   node bench/page.mjs rows COUNT SECONDS     main-thread work a tick
//   node bench/page.mjs first-row URL TIMES    navigation to the first live row
//
// rows prints two measurements of COUNT containers: all of them sent each second
// (medianMs, worstMs), and what quaywatch sends for them (asked): the rows on the
// screen each second, all others every ten.
import { launch } from "./browser.mjs";
import { start } from "./rows-server.mjs";
import { bySecond, mainThreadTasks } from "./trace.mjs";

const [mode, ...args] = process.argv.slice(2);
const browser = await launch();
try {
  const measure = { rows, "first-row": firstRow }[mode];
  if (!measure) throw new Error(`unknown measurement ${mode}: rows or first-row`);
  console.log(JSON.stringify(await measure(...args)));
} finally {
  await browser.close();
}

async function rows(count, seconds) {
  const everything = await ticks(Number(count), Number(seconds), true);
  const asked = await ticks(Number(count), Number(seconds), false);
  return { rows: Number(count), ...everything, asked };
}

async function ticks(count, seconds, everything) {
  const server = await start(count, { everything });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  try {
    await page.goto(server.url);
    await page.locator("[data-key]").first().waitFor();
    await page.waitForTimeout(5000);
    const tasks = await mainThreadTasks(browser, page, seconds);
    const cpu = bySecond(tasks, (t) => t.tdur);
    const wall = bySecond(tasks, (t) => t.dur);
    return {
      ticks: cpu.length,
      medianMs: cpu[Math.floor(cpu.length / 2)],
      worstMs: cpu.at(-1),
      wallMs: { median: wall[Math.floor(wall.length / 2)], worst: wall.at(-1) },
    };
  } finally {
    await page.close();
    server.stop();
  }
}

async function firstRow(url, times) {
  const firstRowMs = [];
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(url); // signs in; what follows is a user opening the page
  await page.locator("[data-key]").first().waitFor();
  for (let i = 0; i < Number(times); i++) {
    await page.goto("about:blank");
    await page.addInitScript(() => {
      new MutationObserver((_, observer) => {
        if (document.querySelector("[data-key]")) {
          window.firstRow = performance.now();
          observer.disconnect();
        }
      }).observe(document, { childList: true, subtree: true });
    });
    await page.goto(new URL(url).origin);
    await page.waitForFunction(() => window.firstRow > 0);
    firstRowMs.push(await page.evaluate(() => window.firstRow));
  }
  return { firstRowMs };
}
