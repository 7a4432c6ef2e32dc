import { type Browser, type BrowserContext, test as base } from "@playwright/test";
import { Engine } from "../e2e/support/engine.ts";
import { root, run } from "../e2e/support/run.ts";
import { Server } from "../e2e/support/server.ts";
import { expect, Live } from "../e2e/support/test.ts";
import { Camera, SIZES, type Size } from "./camera.ts";

type SignedIn = Awaited<ReturnType<BrowserContext["storageState"]>>;

/** A server, a browser that is signed in there, and the engine behind it. */
export class Stage {
  /** Pages that were opened at the beginning, for pictures of what needs a past: the table of each size, and charts. */
  readonly patient = { table: [] as Camera[], charts: [] as Camera[] };

  private constructor(
    readonly browser: Browser,
    readonly server: Server,
    readonly signedIn: SignedIn,
  ) {}

  static async set(browser: Browser, args: string[]): Promise<Stage> {
    const server = await Server.start(args);
    // The link signs in once; the cookie is every page's.
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(server.url);
    await expect(new Live(page).pill).toHaveAttribute("data-state", /^(live|slow|engine-down)$/);
    const signedIn = await context.storageState();
    await context.close();
    return new Stage(browser, server, signedIn);
  }

  async wait(): Promise<void> {
    for (const size of Object.keys(SIZES) as Size[]) {
      const table = await this.camera(size);
      await table.open("/");
      const charts = await this.camera(size);
      await charts.open("/containers/shop-api-1/charts");
      await charts.page.getByRole("radio", { name: "1 minute" }).check({ force: true });
      this.patient.table.push(table);
      this.patient.charts.push(charts);
    }
  }

  async camera(size: Size, origin = this.server.origin): Promise<Camera> {
    const context = await this.browser.newContext({
      storageState: { ...this.signedIn, origins: [] },
      viewport: SIZES[size],
      locale: "en-GB",
    });
    return new Camera(await context.newPage(), origin, size);
  }

  /** A page that reaches the server through another origin, where it has to sign in anew. */
  async through(origin: string, size: Size): Promise<Camera> {
    const link = await run(`${root}/bin/quaywatch`, ["token", "url", "--data-dir", this.server.directory]);
    const camera = await this.camera(size, origin);
    await camera.page.goto(`${origin}/${new URL(link).hash}`);
    await camera.isLive();
    return camera;
  }

  /** Plays the same in both sizes at once, each in a browser context of its own. */
  async each(script: (camera: Camera) => Promise<void>): Promise<void> {
    const sizes = Object.keys(SIZES) as Size[];
    await Promise.all(sizes.map((size) => this.one(size, script)));
  }

  async one(size: Size, script: (camera: Camera) => Promise<void>): Promise<void> {
    const camera = await this.camera(size);
    await script(camera);
    await camera.page.context().close();
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}

/** One scene for all pictures of a run. */
export const test = base.extend<object, { engine: Engine; stage: Stage }>({
  engine: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern.
    async ({}, use) => {
      await use(Engine.at(process.env.QUAYWATCH_E2E_ENGINE ?? "", process.env.QUAYWATCH_E2E_HOST ?? ""));
    },
    { scope: "worker", timeout: 60_000 },
  ],
  stage: [
    async ({ browser, engine }, use) => {
      const stage = await Stage.set(browser, ["--host", engine.host]);
      await stage.wait();
      await use(stage);
      await stage.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
});

export { expect };
