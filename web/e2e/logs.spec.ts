import type { Locator, Page } from "@playwright/test";
import type { Engine } from "./support/engine.ts";
import { atRest } from "./support/keys.ts";
import type { Server } from "./support/server.ts";
import { expect, test } from "./support/test.ts";

const image = "busybox:local";
/** Writes what it is asked to, by `docker exec`, to its own standard output and error. */
const obedient = [image, "sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"];

/** What a user sees of a log. */
class Log {
  constructor(readonly page: Page) {}

  get view(): Locator {
    return this.page.getByRole("log");
  }

  get rows(): Locator {
    return this.view.locator(".ql-row");
  }

  row(text: string | RegExp): Locator {
    return this.rows.filter({ hasText: text });
  }

  get state(): Locator {
    return this.page.getByTestId("log-state");
  }

  get newLines(): Locator {
    return this.page.getByTestId("log-new");
  }

  get search(): Locator {
    return this.page.getByRole("searchbox", { name: "Search the log" });
  }

  get matches(): Locator {
    return this.page.getByTestId("log-matches");
  }

  /**
   * The texts of the rows on the page, from top to bottom, all of one moment:
   * allTextContents finds them first and reads them later, when a row may
   * already have come in again at the bottom.
   */
  texts(): Promise<string[]> {
    return this.view.evaluate((view) => Array.from(view.querySelectorAll(".ql-row .ql-text"), (t) => t.textContent));
  }

  async open(server: Server, query: string): Promise<this> {
    await this.page.goto(`${server.origin}/logs?${query}`);
    await expect(this.view).toBeVisible();
    return this;
  }

  /** Chooses in the menu; group is the title that the choice stands under. */
  async option(name: string, group?: string): Promise<void> {
    await this.page.getByRole("button", { name: "Log options" }).click();
    const menu = this.page.getByRole("menu");
    const within = group === undefined ? menu : menu.getByRole("group", { name: group });
    await within.getByText(name, { exact: true }).click();
  }
}

/** Has a container's first process write: one line a text. */
async function write(engine: Engine, name: string, script: string): Promise<void> {
  await engine.docker("exec", name, "sh", "-c", script);
}

/** How often the page paints within some time, and its longest pause, in milliseconds. */
function painted(page: Page, during: number): Promise<{ frames: number; worst: number }> {
  return page.evaluate(
    (most) =>
      new Promise((resolve) => {
        const seen = { frames: 0, worst: 0 };
        const begin = performance.now();
        let last = begin;
        const frame = (now: number) => {
          seen.worst = Math.max(seen.worst, now - last);
          seen.frames++;
          last = now;
          if (now - begin < most) requestAnimationFrame(frame);
          else resolve(seen);
        };
        requestAnimationFrame(frame);
      }),
    during,
  );
}

/** Has it write a line, and waits until the engine has that: the next one anywhere is later then, by its clock. */
async function say(engine: Engine, name: string, text: string): Promise<void> {
  await write(engine, name, `echo '${text}' > /proc/1/fd/1`);
  await expect.poll(() => engine.docker("logs", name)).toContain(text);
}

test("lines show as they are written; stderr, colours and hostile text are what they are", async ({
  engine,
  live,
  page,
  server,
}) => {
  const id = await engine.start("talker", ...obedient);
  const log = await new Log(page).open(server, `c=${id.slice(0, 12)}`);
  await live.isLive();
  await expect(page.getByText("Nothing has been written yet")).toBeVisible();

  await say(engine, "talker", "first words");
  await expect(log.row("first words")).toHaveAttribute("data-kind", "stdout");
  await write(engine, "talker", "echo 'it failed' > /proc/1/fd/2");
  await expect(log.row("it failed")).toHaveAttribute("data-kind", "stderr");
  await expect(log.row("it failed").locator(".ql-gutter")).toHaveText("err");

  await write(
    engine,
    "talker",
    "printf 'a \\033[1;31mred\\033[0m \\033[38;5;208morange\\033[0m word\\n' > /proc/1/fd/1",
  );
  await expect(log.row("a red orange word").locator(".ql-fg1.ql-bold")).toHaveText("red");
  await expect(log.row("a red orange word").locator(".ql-fg")).toHaveText("orange");
  const color = (of: string) =>
    log
      .row("a red orange word")
      .locator(of)
      .evaluate((e) => getComputedStyle(e).color);
  expect(new Set([await color(".ql-fg1"), await color(".ql-fg"), await color(".ql-text")]).size).toBe(3);

  await write(
    engine,
    "talker",
    `echo '<img src=x onerror="document.title=1"><script>alert(1)</script>' > /proc/1/fd/1`,
  );
  await expect(log.row('<img src=x onerror="document.title=1"><script>alert(1)</script>')).toHaveCount(1);
  await write(engine, "talker", "printf '\\033]0;owned\\007x\\033[2J\\033[1;1Hy\\000\\001\\377z\\n' > /proc/1/fd/1");
  await expect(log.row("xy\u2400\u2401\ufffdz")).toHaveCount(1);
  expect(await log.view.locator("img, script, a, iframe").count()).toBe(0);

  await write(
    engine,
    "talker",
    "(head -c 1000000 /dev/zero | tr '\\0' 'x'; echo) > /proc/1/fd/1; echo behind > /proc/1/fd/1",
  );
  await expect(log.row("behind")).toHaveCount(1);
  const long = log.row(/^.{0,20}x{500}/);
  await expect(long).toHaveCount(1);
  await expect(long).toContainText("more characters");
  await long.getByRole("button", { name: "Unfold" }).click();
  await expect(long).toContainText("(cut off: the line is longer)");
});

test("scrolled up, the view stands still and counts what comes; End follows again", async ({
  engine,
  page,
  server,
  live,
}) => {
  await engine.start(
    "counter",
    image,
    "sh",
    "-c",
    "for i in $(seq 1 400); do echo line $i; done; sleep 2; i=401; while :; do echo line $i; i=$((i+1)); sleep 0.05; done",
  );
  const log = await new Log(page).open(server, "c=counter");
  await live.isLive();
  await expect(log.state).toHaveText("Following");
  // What was written since it was opened, however long that has taken.
  await expect(log.row(/line (4\d\d|[5-9]\d\d|\d{4,})$/).last()).toBeVisible();

  await log.view.hover();
  await page.mouse.wheel(0, -600);
  await expect(log.state).toHaveText("Paused");
  await atRest(log.view);
  const before = await log.texts();
  await expect.poll(async () => Number.parseInt((await log.newLines.textContent()) ?? "", 10)).toBeGreaterThan(20);
  await expect(log.newLines).toHaveText(/^\d+ new lines$/);
  expect((await log.texts()).slice(0, 20)).toEqual(before.slice(0, 20));

  await page.keyboard.press("End");
  await expect(log.newLines).toHaveCount(0);
  await expect(log.state).toHaveText("Following");
  const end = () => log.view.evaluate((e) => Math.round(e.scrollHeight - e.clientHeight - e.scrollTop));
  await expect.poll(end).toBeLessThanOrEqual(1);
  // Scrolled to the end by hand, it follows as well.
  await page.mouse.wheel(0, -200);
  await expect(log.state).toHaveText("Paused");
  await log.newLines.click();
  await expect(log.state).toHaveText("Following");
});

test("search: highlights, counts, goes from match to match, and can hide the rest", async ({
  engine,
  live,
  page,
  server,
}) => {
  await engine.start("books", image, "sh", "-c", "for i in $(seq 1 3000); do echo Line $i; done; sleep 1000");
  const log = await new Log(page).open(server, "c=books");
  await live.isLive();
  await log.option("10,000", "Past lines of each container");
  await page.keyboard.press("Escape");
  await expect(page.getByText("3,000 lines")).toBeVisible();

  await log.view.focus();
  await page.keyboard.press("/");
  await expect(log.search).toBeFocused();
  await page.keyboard.type("line 277");
  await expect(log.matches).toHaveText("11");
  await page.keyboard.press("Enter");
  await expect(log.matches).toHaveText("11 of 11");
  await expect(log.row("Line 2779").locator("mark")).toHaveText("Line 277");
  await expect(log.row("Line 2779")).toHaveAttribute("data-current", "");
  await page.keyboard.press("Enter");
  await expect(log.matches).toHaveText("1 of 11");
  await expect(log.row(/Line 277$/)).toBeInViewport();
  await page.keyboard.press("Shift+Enter");
  await expect(log.row("Line 2779")).toBeInViewport();
  await log.view.focus();
  await page.keyboard.press("n");
  await expect(log.matches).toHaveText("1 of 11");

  await page.getByRole("button", { name: "Match case" }).click();
  await expect(log.matches).toHaveText("no match");
  await page.getByRole("button", { name: "Match case" }).click();
  await page.getByRole("button", { name: "Regular expression" }).click();
  const problem = page.getByRole("search").getByRole("alert");
  await log.search.fill("(");
  await expect(problem).toContainText("Not a regular expression");
  await log.search.fill("(a+)+$");
  await expect(problem).toContainText("for ever");
  await log.search.fill("^line (1|2)000$");
  await expect(problem).toHaveCount(0);
  await expect(log.matches).toHaveText("2");
  await page.getByRole("button", { name: "Only lines that match" }).click();
  await expect.poll(() => log.texts()).toEqual(["Line 1000", "Line 2000"]);
});

test("JSON lines: unfolded on demand, or all of them pretty", async ({ engine, live, page, server }) => {
  await engine.start("json", ...obedient);
  await say(engine, "json", '{"ts":1,"level":"error","msg":"no <b>database</b>","ctx":{"port":5432}}');
  const log = await new Log(page).open(server, "c=json");
  await live.isLive();
  await expect(log.row('"msg":"no')).toHaveCount(1);
  await log.row("no <b>").getByRole("button", { name: "Unfold" }).click();
  await expect(log.row("no <b>").locator(".ql-field").first()).toHaveText("msg: no <b>database</b>");
  await expect(log.row("no <b>")).toContainText('"port": 5432');
  await log.row("no <b>").getByRole("button", { name: "Fold" }).click();
  await log.option("JSON lines pretty");
  await page.keyboard.press("Escape");
  await expect(log.row("no <b>").locator(".ql-text")).toHaveText('ERROR no <b>database</b>  ts=1  ctx={"port":5432}');
});

test("a project: every container with its name, in the order of time; one joins, one ends and comes back", async ({
  engine,
  live,
  page,
  server,
}) => {
  const shop = ["--label", "com.docker.compose.project=shop"];
  await engine.start("shop-web-1", ...shop, ...obedient);
  await engine.start("shop-db-1", ...shop, ...obedient);
  await engine.start("other", ...obedient);
  for (let i = 0; i < 6; i++) await say(engine, i % 2 ? "shop-db-1" : "shop-web-1", `message ${i}`);
  await say(engine, "other", "not of the shop");

  const log = await new Log(page).open(server, "project=shop");
  await live.isLive();
  await expect(page.getByRole("heading", { name: "Logs of shop" })).toBeVisible();
  await expect.poll(() => log.texts()).toEqual([0, 1, 2, 3, 4, 5].map((i) => `message ${i}`));
  await expect(log.row("message 3").locator(".ql-source")).toHaveText("db-1");
  await expect(log.row("message 4").locator(".ql-source")).toHaveText("web-1");

  await engine.start("shop-cache-1", ...shop, ...obedient);
  await say(engine, "shop-cache-1", "message 6");
  await say(engine, "shop-web-1", "message 7");
  await expect.poll(() => log.texts()).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((i) => `message ${i}`));
  await expect(log.row("message 6").locator(".ql-source")).toHaveText("cache-1");

  const chip = page.getByRole("group", { name: "Containers shown" }).getByRole("button", { name: /^db-1/ });
  await chip.click();
  await expect.poll(() => log.texts()).toEqual([0, 2, 4, 6, 7].map((i) => `message ${i}`));
  await chip.click();

  await engine.docker("stop", "-t", "1", "shop-db-1");
  await expect(log.row("container stopped")).toHaveCount(1);
  await expect(chip).toContainText("ended");
  await engine.docker("start", "shop-db-1");
  await say(engine, "shop-db-1", "back");
  await expect(log.row("back")).toHaveCount(1);
  await expect(log.row("container started again")).toHaveCount(1);
  await expect(chip).not.toContainText("ended");
  const texts = await log.texts();
  expect(texts.filter((t) => t.startsWith("message"))).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((i) => `message ${i}`));
});

test("lines can be selected over what is on the page, copied and downloaded", async ({
  context,
  engine,
  live,
  page,
  server,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  // The engine stamps the two streams apart: the last line is written once it has all of the others.
  await engine.start(
    "copier",
    image,
    "sh",
    "-c",
    "for i in $(seq 1 400); do echo out $i; done; while [ ! -e /go ]; do sleep 0.1; done; echo done >&2; sleep 1000",
  );
  await expect.poll(() => engine.docker("logs", "copier")).toContain("out 400");
  await engine.docker("exec", "copier", "touch", "/go");
  const log = await new Log(page).open(server, "c=copier");
  await live.isLive();
  await expect(log.row("done")).toHaveCount(1);

  await log
    .row(/out 399$/)
    .locator(".ql-time")
    .click();
  await log.view.evaluate((e) => e.scrollTo(0, 0));
  await expect(log.row(/out 2$/)).toBeInViewport();
  await log
    .row(/out 2$/)
    .locator(".ql-time")
    .click({ modifiers: ["Shift"] });
  await expect(page.getByRole("toolbar", { name: "Selected lines" })).toContainText("398 lines");
  await log.view.press("Control+c");
  await expect.poll(clipboard).toBe(`${Array.from({ length: 398 }, (_, i) => `out ${i + 2}`).join("\n")}\n`);
  await log.view.press("Escape");

  // Without a mouse.
  await log.view.press("End");
  for (let i = 0; i < 3; i++) await log.view.press("Shift+ArrowUp");
  await expect(page.getByRole("toolbar", { name: "Selected lines" })).toContainText("3 lines");
  await log.view.press("Control+c");
  await expect.poll(clipboard).toBe("out 399\nout 400\ndone\n");

  await log.option("Copy all shown");
  await expect.poll(async () => (await clipboard()).split("\n").length).toBe(402);

  const download = async (name: string) => {
    const saved = page.waitForEvent("download");
    await log.option(name);
    const chunks: Buffer[] = [];
    for await (const chunk of await (await saved).createReadStream()) chunks.push(chunk as Buffer);
    return { name: (await saved).suggestedFilename(), text: Buffer.concat(chunks).toString() };
  };
  const whole = await download("Download the whole log");
  expect(whole.name).toBe("copier.log");
  const truth = await engine.docker("logs", "--timestamps", "copier");
  // docker logs has the two streams apart, and run() is given the first.
  expect(
    whole.text
      .split("\n")
      .filter((l) => / out \d+$/.test(l))
      .join("\n"),
  ).toBe(truth);
  expect(whole.text).toMatch(/ done\n$/);
  const shown = await download("Download what is shown");
  expect(
    shown.text
      .split("\n")
      .map((l) => l.slice(l.indexOf(" ") + 1))
      .slice(0, 3),
  ).toEqual(["out 1", "out 2", "out 3"]);
  await log.option("Clear the view");
  await expect(log.rows).toHaveCount(0);
  await expect(page.getByText("Nothing has been written yet")).toBeVisible();
});

test("without WebSockets the log is polled", async ({ engine, page, server, live }) => {
  await engine.start("polled", ...obedient);
  await say(engine, "polled", "before");
  const log = await new Log(page).open(server, "c=polled&transport=polling");
  await expect(live.pill).toHaveAttribute("data-state", "polling");
  await expect(log.row("before")).toHaveCount(1);
  await say(engine, "polled", "after");
  await write(engine, "polled", "echo badly > /proc/1/fd/2");
  await expect(log.row("after")).toHaveCount(1);
  await expect(log.row("badly")).toHaveAttribute("data-kind", "stderr");
  await expect.poll(() => log.texts()).toEqual(["before", "after", "badly"]);
});

test("a link that was lost is marked, and the lines of that time come once", async ({ engine, live, page, server }) => {
  const script = "i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.2; done";
  await engine.start("ticker", image, "sh", "-c", script);
  const log = await new Log(page).open(server, "c=ticker");
  await live.isLive();
  await expect(log.row(/tick 5$/)).toHaveCount(1);
  server.signal("SIGSTOP");
  // Silent is not yet lost: what answers in time goes on where it was, and nothing is marked.
  await expect(live.pill).toHaveAttribute("data-state", /^(reconnecting|polling)$/);
  await page.waitForTimeout(2_000);
  server.signal("SIGCONT");
  await live.isLive();
  const gap = log.row(/connection lost \d\d:\d\d:\d\d to \d\d:\d\d:\d\d/);
  await expect(gap).toHaveCount(1);
  const texts = (await log.texts()).filter((t) => t.startsWith("tick"));
  const ticks = texts.map((t) => Number(t.slice(5)));
  expect(ticks).toEqual(ticks.map((_, i) => (ticks[0] ?? 0) + i));
  await expect.poll(async () => (await log.texts()).at(-1)).not.toBe(texts.at(-1));
});

test("a writer of all it can write neither freezes the page nor holds up a change of state", async ({
  engine,
  live,
  page,
  server,
}) => {
  await engine.start(
    "flood",
    "--log-opt",
    "max-size=20m",
    image,
    "sh",
    "-c",
    "yes 'the quick brown fox jumps over the lazy dog'",
  );
  await engine.start("calm", ...obedient);
  // What the machine does to a page that does not follow the writer is nobody's fault here.
  const usual = await painted(page, 3_000);
  const log = await new Log(page).open(server, "c=flood");
  await live.isLive();
  await expect.poll(async () => (await log.rows.count()) > 10).toBe(true);
  // Looked at anew where the machine stood still meanwhile: a page that is held up is so each time.
  await expect(async () => {
    const seen = await painted(page, 5_000);
    console.log(
      `flood: ${seen.frames} frames in 5 s, the longest ${Math.round(seen.worst)} ms; ` +
        `without it ${usual.frames} in 3 s, the longest ${Math.round(usual.worst)} ms`,
    );
    expect(seen.frames / 5).toBeGreaterThan(Math.min(12, usual.frames / 3 / 2));
    expect(seen.worst).toBeLessThan(500 + 2 * usual.worst);
  }).toPass({ timeout: 60_000 });
  await log.view.hover();
  await page.mouse.wheel(0, -300);
  await expect(log.state).toHaveText("Paused");
  await page.keyboard.press("End");
  await expect(log.state).toHaveText("Following");

  // States go over the same connection: how long after the engine's event one is painted.
  await page.evaluate(() => {
    const late: number[] = [];
    Object.assign(window, { late });
    const known = new Set<string>();
    new MutationObserver(() => {
      for (const item of document.querySelectorAll('[data-event="pause"]')) {
        const at = item.querySelector("time")?.dateTime ?? "";
        if (known.has(at)) continue;
        known.add(at);
        requestAnimationFrame(() => late.push(Date.now() - Date.parse(at)));
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  const lateness = () => page.evaluate(() => (window as unknown as { late: number[] }).late);
  await expect(async () => {
    const before = (await lateness()).length;
    for (let i = 0; i < 8; i++) {
      // The engine answers before it has taken note of it itself.
      for (const [action, paused] of [
        ["pause", "true"],
        ["unpause", "false"],
      ] as const) {
        await engine.docker(action, "calm");
        await expect.poll(() => engine.docker("inspect", "-f", "{{.State.Paused}}", "calm")).toBe(paused);
      }
    }
    await expect.poll(async () => (await lateness()).length - before).toBeGreaterThanOrEqual(8);
    const late = (await lateness()).slice(before).sort((a, b) => a - b);
    console.log(`flood: a change of state is painted after ${late.map(Math.round).join(", ")} ms`);
    expect(late[Math.floor(late.length / 2)]).toBeLessThan(250 + 2 * usual.worst);
  }).toPass({ timeout: 120_000 });
  await expect(log.state).toHaveText("Following");
});
