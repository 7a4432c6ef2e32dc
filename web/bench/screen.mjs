// Measures what a user feels, for `make bench`; prints one JSON object.
//
//   node bench/screen.mjs churn COUNT SECONDS        sorted by CPU, 20 changes of state a second, Chromium
//   node bench/screen.mjs webkit COUNT SECONDS       the same in WebKitGTK
//   node bench/screen.mjs typing COUNT               key → paint in the filter
//   node bench/screen.mjs scroll COUNT               from top to bottom: frames without rows
//   node bench/screen.mjs heap COUNT MINUTES         heap at minute 2 and at the end, with churn
//   node bench/screen.mjs pixel URL DOCKER_HOST N    the engine's event → the row's paint
//   node bench/screen.mjs logs URL DOCKER_HOST NAME SECONDS
//                                                    a log at full speed: frames, and changes of state beside it
//
// COUNT rows come from rows-server.mjs, which sends what the page asks for.
import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { launch } from "./browser.mjs";
import { start } from "./rows-server.mjs";
import { bySecond, mainThreadTasks } from "./trace.mjs";
import { mainThreadMs, startWebKit } from "./webkit.mjs";

const run = promisify(execFile);
const viewport = { width: 1280, height: 800 };
const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(q * list.length))];

const [mode, ...args] = process.argv.slice(2);
const measure = { churn, webkit, typing, scroll, heap, pixel, logs }[mode];
if (!measure) throw new Error(`unknown measurement ${mode}`);
console.log(JSON.stringify(await measure(...args)));

/** A page on COUNT made-up rows. */
async function onRows(count, use, ...flags) {
  const server = await start(Number(count), { events: 20 });
  const browser = await launch(...flags);
  try {
    const page = await browser.newPage({ viewport });
    await page.goto(server.url);
    await page.locator("[data-key]").first().waitFor();
    return await use(page, browser);
  } finally {
    await browser.close();
    server.stop();
  }
}

async function sortByCpu(page) {
  await page.getByRole("columnheader", { name: /^CPU/ }).first().click();
  await page.mouse.move(640, 4); // a pointer in the table pauses the order
  await page.evaluate(() => document.activeElement?.blur());
  await page.waitForTimeout(5000);
}

function churn(count, seconds) {
  return onRows(count, async (page, browser) => {
    await sortByCpu(page);
    const tasks = await mainThreadTasks(browser, page, Number(seconds));
    const cpu = bySecond(tasks, (t) => t.tdur);
    return {
      medianMs: quantile(cpu, 0.5),
      meanMs: cpu.reduce((sum, ms) => sum + ms, 0) / cpu.length,
      ticks: cpu.length,
      worstTaskMs: Math.max(...tasks.map((t) => t.tdur)) / 1e3,
    };
  });
}

async function webkit(count, seconds) {
  const server = await start(Number(count), { events: 20 });
  const browser = await startWebKit();
  try {
    await browser.open(server.url);
    const rows = "return document.querySelectorAll('[data-key]').length";
    for (let i = 0; i < 300 && !(await browser.script(rows)); i++) await sleep(100);
    await browser.script(
      "[...document.querySelectorAll('[role=columnheader]')].find((h) => /^CPU/.test(h.textContent.trim()))?.querySelector('button')?.click(); document.activeElement?.blur()",
    );
    await sleep(5000);
    const before = await mainThreadMs(browser.pid);
    await sleep(seconds * 1000);
    const meanMs = ((await mainThreadMs(browser.pid)) - before) / seconds;
    // How long the page did not come to a timer: WebKit has no trace to read.
    await browser.script(
      "window.longest = 0; let last = performance.now(); setInterval(() => { const now = performance.now(); window.longest = Math.max(window.longest, now - last - 4); last = now; }, 4)",
    );
    await sleep(seconds * 1000);
    return { meanMs, longestMs: await browser.script("return window.longest") };
  } finally {
    await browser.stop();
    server.stop();
  }
}

/** Event Timing's duration: from the key to the next paint, in steps of 8 ms; what is not reported took under 16. */
function typing(count) {
  return onRows(count, async (page) => {
    await page.evaluate(() => {
      window.took = [];
      new PerformanceObserver((list) => {
        for (const e of list.getEntries()) if (e.name === "keydown") window.took.push(e.duration);
      }).observe({ type: "event", durationThreshold: 16 });
    });
    await page.getByRole("searchbox").or(page.getByRole("combobox")).first().click();
    let keys = 0;
    for (const text of ["state:running web-", "project-3 s4", "cpu>50 -s2", "name:~s[13]-.*7"]) {
      for (const key of text) {
        await page.keyboard.press(key === " " ? "Space" : key);
        keys++;
        await page.waitForTimeout(60);
      }
      for (let i = 0; i < text.length; i++) {
        await page.keyboard.press("Backspace");
        keys++;
        await page.waitForTimeout(30);
      }
    }
    await page.waitForTimeout(500);
    const seen = await page.evaluate(() => window.took);
    const all = [...seen, ...Array(Math.max(0, keys - seen.length)).fill(16)];
    return { keys, p50: quantile(all, 0.5), p95: quantile(all, 0.95), worst: Math.max(...all) };
  });
}

/** Records the screen, and looks in each picture for a place in the table without anything written. */
function scroll(count) {
  return onRows(count, async (page) => {
    const cdp = await page.context().newCDPSession(page);
    const pictures = [];
    cdp.on("Page.screencastFrame", ({ data, sessionId }) => {
      pictures.push(data);
      cdp.send("Page.screencastFrameAck", { sessionId }).catch(() => {});
    });
    await cdp.send("Page.startScreencast", { format: "png", everyNthFrame: 1 });
    const box = await page.locator("[role=grid]").boundingBox();
    await page.mouse.move(box.x + 300, box.y + 300);
    const began = Date.now();
    for (let at = await page.evaluate(scrolled); at[0] < at[1] - 1; at = await page.evaluate(scrolled)) {
      await page.mouse.wheel(0, 3000);
      if (Date.now() - began > 120_000) throw new Error(`the bottom was not reached: ${at}`);
    }
    await page.waitForTimeout(200);
    const seconds = (Date.now() - began) / 1000;
    await cdp.send("Page.stopScreencast");
    await page.goto("about:blank");
    let blank = 0;
    for (const data of pictures) if (await page.evaluate(emptyBand, [data, box])) blank++;
    return { frames: pictures.length, blank, seconds };
  });
}

/** How far the table is scrolled, and how far it can be. */
function scrolled() {
  const grid = document.querySelector("[role=grid]");
  const all = [grid, grid.parentElement, ...grid.querySelectorAll("*")];
  const box = all.find(
    (e) => e.scrollHeight > e.clientHeight + 1000 && /auto|scroll/.test(getComputedStyle(e).overflowY),
  );
  return [box.scrollTop, box.scrollHeight - box.clientHeight];
}

/** Whether a picture has a band as high as three rows in its table with nothing but background. */
async function emptyBand([data, box]) {
  const image = new Image();
  image.src = `data:image/png;base64,${data}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const scale = image.width / innerWidth;
  const height = Math.min(image.height, (box.y + box.height) * scale);
  let empty = 0;
  for (let y = Math.ceil((box.y + 60) * scale); y < height - 20; y++) {
    const line = context.getImageData((box.x + 20) * scale, y, 380 * scale, 1).data;
    let least = 255;
    let most = 0;
    for (let i = 0; i < line.length; i += 4) {
      least = Math.min(least, line[i]);
      most = Math.max(most, line[i]);
    }
    empty = most - least > 60 ? 0 : empty + 1;
    if (empty > 100 * scale) return true;
  }
  return false;
}

function heap(count, minutes) {
  return onRows(count, async (page) => {
    await sortByCpu(page);
    const cdp = await page.context().newCDPSession(page);
    const used = async () => {
      for (let i = 0; i < 3; i++) await cdp.send("HeapProfiler.collectGarbage");
      return (await cdp.send("Runtime.getHeapUsage")).usedSize;
    };
    await page.waitForTimeout(120_000);
    const before = await used();
    await page.waitForTimeout((Number(minutes) - 2) * 60_000);
    const after = await used();
    return { minutes: Number(minutes), beforeMB: before / 1e6, afterMB: after / 1e6, growth: after / before - 1 };
  });
}

/** Signs in with the launch link, once. */
async function onServer(url, use) {
  const browser = await launch();
  try {
    const page = await browser.newPage({ viewport });
    await page.goto(url);
    await page.locator("[data-key]").first().waitFor();
    return await use(page);
  } finally {
    await browser.close();
  }
}

/** Notes when what `selector` finds was painted with another state: Unix milliseconds, right after the frame. */
function watchPaints(selector) {
  window.paints = [];
  const words = new Map();
  const after = new MessageChannel();
  const waiting = [];
  after.port1.onmessage = () => {
    const at = performance.timeOrigin + performance.now();
    for (const [key, state] of waiting.splice(0)) window.paints.push({ key, state, at });
  };
  new MutationObserver(() => {
    for (const place of document.querySelectorAll(selector)) {
      const state = /\b(running|paused|exited)\b/i.exec(place.innerText)?.[0].toLowerCase();
      const key = place.getAttribute("data-key") ?? "";
      if (!state || words.get(key) === state) continue;
      if (words.has(key)) waiting.push([key, state]);
      words.set(key, state);
    }
    if (waiting.length > 0) requestAnimationFrame(() => after.port2.postMessage(0));
  }).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
}

function docker(host, ...rest) {
  return run("docker", rest, { env: { ...process.env, DOCKER_HOST: host, DOCKER_CONTEXT: "" } });
}

/** Collects what the engine says of pauses, with its own time in Unix milliseconds, until stop is called. */
function hearPauses(host) {
  const child = spawn("docker", ["events", "--format", "{{json .}}", "--filter", "type=container"], {
    env: { ...process.env, DOCKER_HOST: host, DOCKER_CONTEXT: "" },
  });
  const told = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    const e = JSON.parse(line);
    const state = { pause: "paused", unpause: "running" }[e.Action ?? e.status];
    if (state) told.push({ id: e.id ?? e.Actor.ID, state, at: e.timeNano / 1e6 });
  });
  return { told, stop: () => child.kill() };
}

async function pixel(url, host, times) {
  const { stdout } = await docker(host, "ps", "--no-trunc", "--format", "{{.ID}}");
  const ids = stdout.trim().split("\n").slice(0, 8);
  const events = hearPauses(host);
  try {
    return await onServer(url, async (page) => {
      await page.evaluate(watchPaints, "[data-key]");
      await page.waitForTimeout(500);
      for (let i = 0; i < Number(times); i++) {
        await docker(host, i % (2 * ids.length) < ids.length ? "pause" : "unpause", ids[i % ids.length]);
        await page.waitForTimeout(40);
      }
      await page.waitForTimeout(1000);
      const took = delays(events.told, await page.evaluate(() => window.paints), (paint, e) =>
        paint.key.endsWith(e.id),
      );
      return { events: events.told.length, painted: took.length, p50: quantile(took, 0.5), p99: quantile(took, 0.99) };
    });
  } finally {
    events.stop();
  }
}

/** From each event to the first paint of its state. */
function delays(told, paints, same) {
  const took = [];
  for (const e of told) {
    const paint = paints.find((p) => same(p, e) && p.state === e.state && p.at >= e.at);
    if (paint) took.push(paint.at - e.at);
  }
  return took;
}

async function logs(url, host, name, seconds) {
  const { stdout } = await docker(host, "ps", "--no-trunc", "--quiet", "--filter", `name=${name}`);
  const id = stdout.trim().split("\n")[0];
  if (!id) throw new Error(`no container ${name} at ${host}`);
  const events = hearPauses(host);
  try {
    return await onServer(url, async (page) => {
      let lines = 0;
      page.on("websocket", (socket) =>
        socket.on("framereceived", ({ payload }) => {
          for (const m of [JSON.parse(payload)].flat()) if (m.type === "logs") lines += m.text?.length ?? 0;
        }),
      );
      await page.goto(`${new URL(url).origin}/containers/${id.slice(0, 12)}/logs`);
      await page.getByRole("log").waitFor();
      await page.evaluate(watchPaints, "main header");
      await page.waitForTimeout(3000);
      await page.evaluate(watchFrames);
      lines = 0;
      const began = Date.now();
      while (Date.now() - began < Number(seconds) * 1000) {
        await page.waitForTimeout(1500);
        await docker(host, "pause", id);
        await page.waitForTimeout(500);
        await docker(host, "unpause", id);
      }
      const took = (Date.now() - began) / 1000;
      const gaps = await page.evaluate(() => window.gaps.slice(1));
      const states = delays(events.told, await page.evaluate(() => window.paints), () => true);
      return {
        frames: gaps.length,
        lines: Math.round(lines / took),
        p99: quantile(gaps, 0.99),
        worst: Math.max(...gaps),
        over100: gaps.filter((g) => g > 100).length,
        states: states.length,
        stateWorst: Math.max(...states),
      };
    });
  } finally {
    events.stop();
  }
}

/** Notes the time between frames, in milliseconds. */
function watchFrames() {
  window.gaps = [];
  let last = performance.now();
  const tick = (now) => {
    window.gaps.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
