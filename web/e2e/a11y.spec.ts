import type { BrowserContext, Page } from "@playwright/test";
import { accessible } from "./support/axe.ts";
import { Server } from "./support/server.ts";
import { expect, Live, test } from "./support/test.ts";

/** Every page and main state, as one gets there. */
const STATES: Record<string, (page: Page) => Promise<unknown>> = {
  table: (page) => expect(page.locator("[data-key]").first()).toBeVisible(),
  "filters of the feed": (page) => page.getByRole("button", { name: /^Filters/ }).click(),
  grouped: async (page) => {
    await page.evaluate(() => localStorage.setItem("quaywatch.group", "project"));
    await page.reload();
    await expect(page.locator('[data-kind="group"]').first()).toBeVisible();
  },
  "menu of a row": async (page) => {
    await page.locator("[data-key]").first().click({ button: "right" });
    await expect(page.getByRole("menu")).toBeVisible();
  },
  "no match": async (page) => {
    await page.getByLabel("Filter containers").fill("nothing-is-called-that");
    await expect(page.getByText("No match")).toBeVisible();
  },
  "connection popover": async (page) => {
    await page.locator("[data-pill]").click();
    await expect(page.getByRole("dialog")).toBeVisible();
  },
  "display menu": async (page) => {
    await page.getByRole("button", { name: "Display" }).click();
    await expect(page.getByRole("menu")).toBeVisible();
  },
  notifications: async (page) => {
    await page.getByRole("button", { name: /^Notifications/ }).click();
    await expect(page.getByRole("dialog", { name: "Notifications" })).toBeVisible();
  },
  palette: async (page) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: /Find containers/ }).fill("web");
    await expect(page.getByRole("option").first()).toBeVisible();
  },
  "sheet of keys": async (page) => {
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  },
  settings: async (page) => {
    await go(page, "/settings");
    await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();
  },
  events: async (page) => {
    await go(page, "/events?kind=container");
    await expect(page.getByTestId("events-list").locator("[data-line]").first()).toBeVisible();
    await page.getByTestId("events-list").locator("[data-line]").first().click();
  },
  "no such page": async (page) => {
    await go(page, "/nowhere");
    await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  },
  "no such container": async (page) => {
    await go(page, "/containers/nobody");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  },
  alerts: async (page) => {
    await go(page, "/alerts");
    // The demo has something wrong at most times; where nothing is, that is said.
    await expect(page.locator("[data-alert]").or(page.getByTestId("quiet")).first()).toBeVisible();
  },
  "a rule's dialog": async (page) => {
    await go(page, "/alerts/rules");
    await page.getByRole("button", { name: "New rule" }).click();
    await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill("Hungry");
    await expect(page.getByTestId("preview")).toContainText(/Would/);
  },
  "a delivery's dialog": async (page) => {
    await go(page, "/alerts/deliveries");
    await page.getByRole("button", { name: "New delivery" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Add the delivery" }).click();
    await expect(page.getByRole("dialog")).toContainText("An address is needed.");
  },
  logs: async (page) => {
    await go(page, "/logs?project=shop");
    await expect(page.getByRole("heading", { level: 1 })).toBeAttached();
  },
};

for (const tab of ["", "/charts", "/logs", "/events", "/inspect"]) {
  STATES[`container${tab}`] = async (page) => {
    await go(page, `/containers/shop-web-1${tab}`);
    await expect(page.getByRole("heading", { level: 1, name: "shop-web-1" })).toBeVisible();
    await page.waitForTimeout(500);
  };
}

const THEMES = [
  { name: "light", scheme: "light", theme: "system" },
  { name: "dark", scheme: "dark", theme: "system" },
  { name: "high contrast", scheme: "light", theme: "contrast" },
  { name: "dark high contrast", scheme: "dark", theme: "contrast" },
] as const;

/** Within the page, as a link would: the connection stays. */
async function go(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => history.pushState(null, "", to), path);
}

test.describe("axe finds nothing", () => {
  let server: Server;
  let signedIn: Awaited<ReturnType<BrowserContext["storageState"]>>;
  test.beforeAll(async ({ browser }) => {
    server = await Server.start(["--demo", "--demo-containers", "60"]);
    // The link signs in once; the cookie is everybody's.
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(server.url);
    await new Live(page).isLive();
    signedIn = await context.storageState();
    await context.close();
  });
  test.afterAll(() => server.stop());

  for (const { name, scheme, theme } of THEMES) {
    test(`in the ${name} theme`, async ({ browser }) => {
      test.setTimeout(900_000);
      const context = await browser.newContext({
        storageState: { ...signedIn, origins: [] },
        colorScheme: scheme,
        reducedMotion: "reduce",
      });
      await context.addInitScript((t) => localStorage.setItem("quaywatch.theme", t), theme);
      const page = await context.newPage();
      for (const [state, reach] of Object.entries(STATES)) {
        await test.step(state, async () => {
          await page.goto(server.origin);
          await page.evaluate(() => {
            localStorage.removeItem("quaywatch.group");
            localStorage.removeItem("quaywatch.events.filters");
          });
          await page.reload();
          await new Live(page).isLive();
          await reach(page);
          await accessible(page, `${state}, ${name}`);
        });
      }
      await context.close();
    });
  }

  // 720 px at 200 % zoom are 360 of the page's own.
  test("at 360 px, which is 720 px at 200 %", async ({ browser }) => {
    const context = await browser.newContext({
      storageState: { ...signedIn, origins: [] },
      viewport: { width: 360, height: 640 },
    });
    const page = await context.newPage();
    for (const path of ["/", "/settings", "/events", "/containers/shop-web-1"]) {
      await page.goto(server.origin + path);
      await new Live(page).isLive();
      await accessible(page, `${path} at 360 px`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      expect(wide, `${path} scrolls sideways`).toBe(false);
    }
    await context.close();
  });
});

test("axe finds nothing where there is nothing, and where nobody is signed in", async ({
  live,
  page,
  browser,
  server,
}) => {
  await expect(page.getByRole("heading", { name: "No containers yet" })).toBeVisible();
  await accessible(live.page, "empty");
  const context = await browser.newContext();
  const stranger = await context.newPage();
  await stranger.goto(server.origin);
  await expect(stranger.getByRole("heading", { name: /Sign in/ })).toBeVisible();
  await accessible(stranger, "sign in");
  await context.close();
});
