import { expect, test } from "./support/test.ts";

const image = "busybox:local";
const forever = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"];

test("what another terminal does to a container is seen at once, without a reload", async ({ engine, live, page }) => {
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));

  await engine.start("web-1", "--label", "com.docker.compose.project=shop", image, ...forever);
  await live.hasState("web-1", "running");
  await expect(live.cell("web-1", "project")).toContainText("shop");
  await expect(live.cell("web-1", "image")).toContainText(image);

  await engine.docker("pause", "web-1");
  await live.hasState("web-1", "paused");
  await engine.docker("unpause", "web-1");
  await live.hasState("web-1", "running");

  await engine.docker("stop", "web-1");
  await live.hasState("web-1", "exited");
  await engine.docker("start", "web-1");
  await live.hasState("web-1", "running");

  await engine.docker("kill", "web-1");
  await live.hasState("web-1", "exited");
  await expect(live.cell("web-1", "state")).toContainText("137");

  await engine.docker("rename", "web-1", "web-2");
  await expect(live.row("web-2")).toBeVisible();
  await expect(live.row("web-1")).toHaveCount(0);

  await engine.docker("rm", "web-2");
  await expect(live.row("web-2")).toHaveCount(0);

  expect(await page.evaluate(() => "sameDocument" in window), "the page was not reloaded").toBe(true);
});

test("an out-of-memory kill and a failing health check are seen", async ({ engine, live }) => {
  await engine.start(
    "sick",
    "--health-cmd",
    "test ! -e /tmp/sick",
    "--health-interval",
    "1s",
    "--health-retries",
    "1",
    image,
    ...forever,
  );
  await expect(live.cell("sick", "health")).toContainText(/healthy/i);
  await engine.docker("exec", "sick", "touch", "/tmp/sick");
  await expect(live.cell("sick", "health")).toContainText(/unhealthy/i);

  await engine.start("hungry", "--memory", "16m", image, "sh", "-c", "sleep 1; tail /dev/zero");
  await live.hasState("hungry", "exited");
  await expect(live.cell("hungry", "state")).toContainText(/OOM|memory/i);
});

test("a state change flashes its row once; metrics never do", async ({ engine, live, page }) => {
  await engine.start("still", image, ...forever);
  await live.hasState("still", "running");
  await page.waitForTimeout(1500);
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    new MutationObserver((records) => {
      for (const { target } of records) {
        if (target instanceof HTMLElement && target.dataset.flash !== undefined) {
          seen.push(target.dataset.key ?? "");
        }
      }
    }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-flash"] });
  });
  await page.waitForTimeout(2500);
  expect(await page.evaluate(() => (window as unknown as { seen: string[] }).seen)).toEqual([]);
  await engine.docker("pause", "still");
  await live.hasState("still", "paused");
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { seen: string[] }).seen.length))
    .toBeGreaterThan(0);
});

test("CPU and memory of a busy container are shown and move", async ({ engine, live }) => {
  await engine.start("busy", "--cpus", "0.5", image, "sh", "-c", "while :; do :; done");
  await live.hasState("busy", "running");
  await expect
    .poll(async () => Number.parseFloat((await live.cell("busy", "cpu").textContent()) ?? ""))
    .toBeGreaterThan(30);
  await expect
    .poll(async () => Number.parseFloat((await live.cell("busy", "cpu").textContent()) ?? ""))
    .toBeLessThan(75);
  await expect(live.cell("busy", "mem")).toContainText(/B/);
  await engine.docker("stop", "-t", "0", "busy");
  await live.hasState("busy", "exited");
  await expect(live.cell("busy", "cpu")).toContainText("—");
});

test("the page equals docker ps -a after a storm", async ({ engine, live, page }) => {
  await live.isLive();
  await page.setViewportSize({ width: 1280, height: 2000 }); // all rows are drawn
  await Promise.all(
    Array.from({ length: 8 }, async (_, w) => {
      for (let i = 0; i < 5; i++) {
        const name = `storm-${w}-${i}`;
        await engine.start(name, image, ...forever);
        if (i % 2 === 0) await engine.docker("kill", name);
        if (i % 3 === 0) await engine.docker("rm", "-f", name);
      }
    }),
  );
  // A kill is answered before its process is gone: the engine too is asked anew.
  await expect(async () => {
    const truth = (await engine.docker("ps", "-a", "--format", "{{.Names}} {{.State}}")).split("\n").sort();
    const rows = await page
      .locator("[data-key]")
      .evaluateAll((elements) => elements.map((e) => `${e.getAttribute("data-name")} ${e.getAttribute("data-state")}`));
    expect(rows.sort()).toEqual(truth);
  }).toPass();
});
