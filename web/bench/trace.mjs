// What Chromium's tracing says of a page's main thread. Work is CPU time (tdur of
// the trace's tasks): how long a task took by the wall (dur) counts what else the
// machine had to do too. Nothing but tasks is traced, because each further event
// costs the page time.

/** The work of each whole second, a tick each, in milliseconds, the least first. */
export function bySecond(tasks, microseconds) {
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
export async function mainThreadTasks(browser, page, seconds, during = () => page.waitForTimeout(seconds * 1000)) {
  const cdp = await page.context().newCDPSession(page);
  const root = await browser.newBrowserCDPSession();
  const events = [];
  root.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  const complete = new Promise((resolve) => root.once("Tracing.tracingComplete", resolve));
  await root.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { includedCategories: ["toplevel", "__metadata"] },
  });
  await during();
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
