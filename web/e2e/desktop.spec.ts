import type { BrowserContext, Page } from "@playwright/test";
import { expect, Live, test } from "./support/test.ts";

const image = "busybox:local";

interface Told {
  title: string;
  body: string;
}

/** Writes down what is shown on the desktop, and still shows it. */
function record(): void {
  const told: Told[] = [];
  const Real = window.Notification;
  class Recorded extends Real {
    constructor(title: string, options?: NotificationOptions) {
      super(title, options);
      told.push({ title, body: options?.body ?? "" });
    }
  }
  Object.assign(window, { Notification: Recorded, told });
}

const told = (page: Page) => page.evaluate(() => (window as unknown as { told: Told[] }).told);

/** Playwright makes every page believe that it has the focus: this one shall know when another has it. */
async function honest(context: BrowserContext, page: Page): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setFocusEmulationEnabled", { enabled: false });
}

test("a crash is told on the desktop once, only if wanted, and only while the window has not the focus", async ({
  context,
  engine,
  page,
  server,
}) => {
  await context.grantPermissions(["notifications"], { origin: server.origin });
  await page.addInitScript(record);
  const live = new Live(page);
  await page.goto(server.url);
  await live.isLive();
  const crash = (name: string) => engine.start(name, "--restart", "always", image, "sh", "-c", "sleep 0.3; exit 3");
  const bell = page.getByRole("button", { name: /^Notifications/ });
  const away = await context.newPage();
  await honest(context, page);
  await away.bringToFront();
  await expect.poll(() => page.evaluate(() => document.hasFocus())).toBe(false);

  // Off, as it is at first: the page tells it, the desktop does not.
  await crash("silent");
  await expect(bell).toHaveAccessibleName("Notifications, 1 unread");
  expect(await told(page)).toEqual([]);
  await engine.docker("rm", "-f", "silent");

  await page.bringToFront();
  await page.getByRole("button", { name: "Display" }).click();
  await page.getByRole("menuitem", { name: "All settings" }).click();
  await page.getByRole("checkbox", { name: "Notifications on the desktop" }).check();
  await away.bringToFront();
  await expect.poll(() => page.evaluate(() => document.hasFocus())).toBe(false);
  await crash("told");
  await expect.poll(() => told(page)).toHaveLength(1);
  const [notification] = await told(page);
  expect(notification?.title).toContain("told");
  expect(notification?.body).toContain("exit code 3");
  // It goes on crashing, which is no news.
  const restarts = () => engine.docker("inspect", "--format", "{{.RestartCount}}", "told");
  await expect.poll(async () => Number(await restarts())).toBeGreaterThan(4);
  expect(await told(page)).toHaveLength(1);
  await engine.docker("rm", "-f", "told");

  // Who looks at the page needs no desktop.
  await page.bringToFront();
  await expect.poll(() => page.evaluate(() => document.hasFocus())).toBe(true);
  await crash("seen");
  await expect(page.getByText(/seen .*restarting|seen keeps/).first()).toBeVisible();
  expect(await told(page)).toHaveLength(1);
});
