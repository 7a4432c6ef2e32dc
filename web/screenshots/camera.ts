import type { Page } from "@playwright/test";
import { root } from "../e2e/support/run.ts";
import { Live } from "../e2e/support/test.ts";

/** Where all pictures go; git does not see them. */
export const PICTURES = `${root}/test-results/screenshots`;

export const SIZES = {
  wide: { width: 1440, height: 900 },
  narrow: { width: 390, height: 844 },
} as const;
export type Size = keyof typeof SIZES;

const SCHEMES = ["light", "dark"] as const;

/** A page of one size, and pictures of it in both themes: PICTURES/NAME-SIZE-SCHEME.png. */
export class Camera extends Live {
  constructor(
    page: Page,
    readonly origin: string,
    readonly size: string,
  ) {
    super(page);
  }

  get wide(): boolean {
    return this.size === "wide";
  }

  /** Opens an address of the page and waits until it is live. */
  async open(path: string): Promise<void> {
    await this.page.goto(this.origin + path);
    await this.isLive();
  }

  /** Goes on within the page, as a link would: the connection stays. */
  async go(path: string): Promise<void> {
    await this.page.evaluate((to) => history.pushState(null, "", to), path);
  }

  /** Closes what the page has told meanwhile. */
  async quiet(): Promise<void> {
    const close = this.page.locator("[data-toast]").getByRole("button", { name: /^Close/ });
    while ((await close.count()) > 0) await close.first().click();
    // The last of them may have left the pointer over something that holds still under it.
    await this.page.mouse.move(5, 5);
    await this.page.waitForTimeout(800);
  }

  async snap(name: string): Promise<void> {
    for (const scheme of SCHEMES) {
      await this.page.emulateMedia({ colorScheme: scheme });
      await this.#still();
      await this.page.screenshot({ path: `${PICTURES}/${name}-${this.size}-${scheme}.png`, animations: "disabled" });
    }
  }

  /** What fades in has come, and canvases have taken the theme's colours. */
  async #still(): Promise<void> {
    await this.page.evaluate(async () => {
      const ending = document
        .getAnimations()
        .filter((a) => a.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
      await Promise.race([
        Promise.allSettled(ending.map((a) => a.finished)),
        new Promise((done) => setTimeout(done, 800)),
      ]);
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 60))));
    });
  }
}
