import type { Page } from "@playwright/test";
import { accessible } from "./support/axe.ts";
import { root, run } from "./support/run.ts";
import type { Server } from "./support/server.ts";
import { expect, Live, test } from "./support/test.ts";

const image = "busybox:local";
const forever = ["sleep", "10000"];

/** What a user sees of a terminal. */
class Terminal {
  private asked = 0;

  constructor(readonly page: Page) {}

  async open(server: Server, container: string): Promise<void> {
    await this.page.goto(`${server.origin}/containers/${container}/terminal`);
    await this.page.getByRole("button", { name: "Open the terminal" }).click();
    await expect(this.page.locator("[data-terminal]")).toHaveAttribute("data-terminal", "open");
    // The shell's prompt: what is typed before it a shell may throw away.
    await this.shows(/[#$] ?$/);
  }

  /** The lines on the screen, of one moment, without the empty ones at the end. */
  text(): Promise<string> {
    return this.page.evaluate(() =>
      Array.from(document.querySelectorAll(".xterm-rows > div"), (row) => row.textContent?.trimEnd() ?? "")
        .join("\n")
        .trimEnd(),
    );
  }

  /** Where the line with just this text begins. */
  placeOf(line: string): Promise<{ x: number; y: number }> {
    return this.page.evaluate((wanted) => {
      const rows = Array.from(document.querySelectorAll(".xterm-rows > div"));
      const box = rows.find((row) => row.textContent?.trimEnd() === wanted)?.getBoundingClientRect();
      if (!box) throw new Error(`no line ${wanted}`);
      return { x: box.x + 12, y: box.y + box.height / 2 };
    }, line);
  }

  async shows(text: string | RegExp): Promise<void> {
    const wanted = expect.poll(() => this.text());
    await (typeof text === "string" ? wanted.toContain(text) : wanted.toMatch(text));
  }

  type(text: string): Promise<void> {
    return this.page.keyboard.type(text);
  }

  /** The rows and columns that the shell knows of now. */
  async size(): Promise<readonly [rows: number, cols: number]> {
    const mark = `size${++this.asked}`;
    await this.type(`echo ${mark}''=$(stty size)\n`);
    const line = new RegExp(`^${mark}=(\\d+) (\\d+)$`, "m");
    await this.shows(line);
    const [, rows, cols] = line.exec(await this.text()) ?? [];
    return [Number(rows), Number(cols)];
  }
}

test("a terminal: type, resize, leave, end, start again", async ({ engine, server, live }) => {
  await engine.start("web", image, ...forever);
  await live.hasState("web", "running");
  const page = live.page;
  const terminal = new Terminal(page);
  await terminal.open(server, "web");
  await terminal.type("echo do''ne\n");
  await terminal.shows("done");
  const [rows, cols] = await terminal.size();
  await page.setViewportSize({ width: 900, height: 500 });
  await expect.poll(async () => (await terminal.size())[1]).toBeLessThan(cols);
  expect(rows).toBeGreaterThan(0);

  // A program may name its window; the page keeps its title.
  await terminal.type("printf '\\033]0;evil\\007named\\n'\n");
  await terminal.shows("named");
  expect(await page.title()).not.toContain("evil");

  // Its link is followed only by who has seen where it leads.
  await terminal.type("printf '\\033]8;;https://example.org/away\\007here\\033]8;;\\007\\n'\n");
  // With the prompt behind it: no line moves any more.
  await terminal.shows(/^here\n.*[#$]$/m);
  const at = await terminal.placeOf("here");
  await page.mouse.move(at.x - 2, at.y);
  await page.mouse.move(at.x, at.y);
  await page.mouse.click(at.x, at.y);
  await expect(page.getByRole("dialog")).toContainText("https://example.org/away");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await accessible(page, "a terminal");

  // Leaving asks, by a link and by the history.
  await page.getByRole("link", { name: "Logs" }).first().click();
  await page.getByRole("button", { name: "Stay" }).click();
  await expect(page).toHaveURL(/\/terminal$/);

  // The way out of the terminal for the keyboard.
  await page.keyboard.press("Control+Shift+L");
  await expect(page.getByRole("toolbar", { name: "Terminal" }).locator(":focus")).toHaveCount(1);
  await page.locator(".xterm-screen").click();
  await terminal.type("exit 3\n");
  await expect(page.locator("[data-ended]")).toContainText("The session ended with exit code 3.");
  await page.getByRole("button", { name: "Start again" }).click();
  await terminal.shows(/[#$] ?$/);
  await terminal.type("exit\n");
  await expect(page.locator("[data-ended]")).toContainText("The session ended with exit code 0.");
});

test("a flood in a terminal holds nothing else up, and Ctrl-C ends it", async ({ engine, server, live }) => {
  await engine.start("web", image, ...forever);
  await engine.start("other", image, ...forever);
  await live.hasState("other", "running");
  const page = live.page;
  const terminal = new Terminal(page);
  await terminal.open(server, "web");
  await terminal.type("yes 0123456789\n");
  await terminal.shows(/0123456789\n0123456789/);
  await engine.docker("pause", "other");
  const feed = page.getByRole("complementary", { name: "Events" });
  await expect(feed.getByText("paused").first()).toBeVisible();
  await page.keyboard.press("Control+C");
  // On its own line, so that it is not the echo of what was typed.
  await expect
    .poll(async () => {
      await terminal.type("echo fi''nished\n");
      return /^finished$/m.test(await terminal.text());
    })
    .toBe(true);
  await terminal.type("exit\n");
  await expect(page.locator("[data-ended]")).toContainText("The session ended with exit code 0.");
});

test("no terminal without the role admin", async ({ browser, engine, server }) => {
  await engine.start("web", image, ...forever);
  const made = await run(`${root}/bin/quaywatch`, [
    ...["token", "create", "doer", "--role", "operator", "--data-dir", server.directory],
  ]);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${server.origin}/#token=${/qw_[a-z0-9]+/.exec(made)?.[0] ?? ""}`);
  const live = new Live(page);
  await live.isLive();
  await live.hasState("web", "running");
  await live.row("web").focus();
  await page.keyboard.press("e");
  await expect(page.locator("[data-why]")).toHaveText(/needs the role admin.*signed in as an operator/);
  await expect(page.getByRole("button", { name: "Open the terminal" })).toBeDisabled();
  // The server refuses whoever asks nevertheless.
  const refused = await page.evaluate(async () => {
    const socket = new WebSocket(`ws://${location.host}/api/v1/containers/web/exec`, ["quaywatch.v1"]);
    const client = { id: "x", name: "x", version: "1" };
    socket.onopen = () => socket.send(JSON.stringify({ type: "open", v: 1, client, cols: 80, rows: 24 }));
    return new Promise<number>((resolve) => {
      socket.onclose = (e) => resolve(e.code);
    });
  });
  expect(refused).toBe(4403);
  await context.close();
});
