// Measures the page in Chromium, for `make bench`; prints one JSON object.
//
//   node bench/page.mjs rows COUNT SECONDS     main-thread work a tick
//   node bench/page.mjs first-row URL TIMES    navigation to the first live row
//
// Work is the CPU time of the main thread (tdur of the trace's tasks): how long
// a task took by the wall (wallMs) counts what else the machine had to do too.
// Nothing but tasks is traced, because each further event costs the page time.
//
// rows prints two measurements of COUNT containers: all of them sent each second
// (medianMs, worstMs), and what quaywatch sends for them (asked): the rows on the
// screen each second, all others every ten.
import { chromium } from "playwright-core";
import { start } from "./rows-server.mjs";

const executablePath = process.env.QUAYWATCH_CHROMIUM ?? "/usr/bin/chromium";
const flags =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

const [mode, ...args] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: flags.split(" ") });
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
    const tasks = await mainThreadTasks(page, seconds);
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

/** The work of each whole second, a tick each, in milliseconds, the least first. */
function bySecond(tasks, microseconds) {
  const begin = Math.min(...tasks.map((t) => t.ts));
  const work = new Map();
  for (const t of tasks) {
    const second = Math.floor((t.ts - begin) / 1e6);
    work.set(second, (work.get(second) ?? 0) + microseconds(t) / 1e3);
  }
  // The parts of seconds at the ends don't count.
  const whole = [...work].sort((a, b) => a[0] - b[0]).slice(1, -1);
  return whole.map(([, ms]) => ms).sort((a, b) => a - b);
}

/** All top-level tasks of the page's main thread, by Chromium's tracing. */
async function mainThreadTasks(page, seconds) {
  const cdp = await page.context().newCDPSession(page);
  const root = await browser.newBrowserCDPSession();
  const events = [];
  root.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  const complete = new Promise((resolve) => root.once("Tracing.tracingComplete", resolve));
  await root.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { includedCategories: ["toplevel", "__metadata"] },
  });
  await page.waitForTimeout(seconds * 1000);
  await root.send("Tracing.end");
  await complete;
  await cdp.detach();
  const names = new Map(events.filter((e) => e.name === "thread_name").map((e) => [`${e.pid}/${e.tid}`, e.args.name]));
  const tasks = events.filter(
    (e) =>
      e.ph === "X" &&
      e.dur > 0 &&
      e.tdur >= 0 &&
      /RunTask$/.test(e.name) &&
      names.get(`${e.pid}/${e.tid}`) === "CrRendererMain",
  );
  // The renderer of the page is the busiest one.
  const byProcess = Map.groupBy ? Map.groupBy(tasks, (t) => t.pid) : groupBy(tasks, (t) => t.pid);
  const sum = (list) => list.reduce((total, t) => total + t.dur, 0);
  const busiest = [...byProcess.values()].sort((a, b) => sum(b) - sum(a))[0];
  if (!busiest) throw new Error("the trace holds no tasks of a page");
  return outermost(busiest);
}

function groupBy(list, key) {
  const groups = new Map();
  for (const item of list) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

/** Drops tasks inside other tasks, so that no time counts twice. */
function outermost(tasks) {
  let end = 0;
  return tasks
    .sort((a, b) => a.ts - b.ts)
    .filter((t) => {
      if (t.ts < end) return false;
      end = t.ts + t.dur;
      return true;
    });
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
