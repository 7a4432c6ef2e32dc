import { test as base, expect, type Locator, type Page } from "@playwright/test";
import { Engine } from "./engine.ts";
import { Hold } from "./hold.ts";
import { Server } from "./server.ts";

/** What a test of the page is given. */
export const test = base.extend<{ engine: Engine; server: Server; live: Live; hold: Hold }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern.
  engine: async ({}, use) => {
    const engine = Engine.at(process.env.QUAYWATCH_E2E_ENGINE ?? "", process.env.QUAYWATCH_E2E_HOST ?? "");
    await use(engine);
    await engine.removeAll();
  },
  server: async ({ engine }, use) => {
    const server = await Server.start(["--host", engine.host]);
    await use(server);
    await server.stop();
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern.
  hold: async ({}, use) => {
    const hold = await Hold.make();
    await use(hold);
    await hold.release();
    await hold.remove();
  },
  live: async ({ page, server }, use) => {
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" && !/Failed to load resource|WebSocket connection/.test(message.text())) {
        errors.push(message.text());
      }
    });
    const live = new Live(page);
    await page.goto(server.url);
    await live.isLive();
    await use(live);
    expect(errors, "errors in the page's console").toEqual([]);
  },
});

/** The page as a user sees it. */
export class Live {
  constructor(readonly page: Page) {}

  get pill(): Locator {
    return this.page.locator("[data-pill]");
  }

  row(name: string): Locator {
    return this.page.locator(`[data-key][data-name="${name}"]`);
  }

  cell(name: string, column: string): Locator {
    return this.row(name).locator(`[data-col="${column}"]`);
  }

  async isLive(): Promise<void> {
    await expect(this.pill).toHaveAttribute("data-state", /^(live|slow)$/);
  }

  async hasState(name: string, state: string): Promise<void> {
    await expect(this.row(name)).toHaveAttribute("data-state", state);
  }
}

export { expect };
