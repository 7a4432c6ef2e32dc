import type { Locator, Page } from "@playwright/test";
import { expect } from "@playwright/test";

/** Presses two keys in a row, as one types them: the second does not wait until the page is done with the first. */
export async function inARow(page: Page, first: string, second: string): Promise<void> {
  await Promise.all([page.keyboard.press(first), page.keyboard.press(second)]);
}

/** Waits until an element does not scroll any more, and returns where it stands. */
export async function atRest(scrolls: Locator): Promise<number> {
  let last = Number.NaN;
  await expect
    .poll(async () => {
      const before = last;
      last = await scrolls.evaluate(async (el) => {
        // Some pictures long, which a scroll that is under way uses.
        for (let i = 0; i < 6; i++) await new Promise(requestAnimationFrame);
        return el.scrollTop;
      });
      return last === before;
    })
    .toBe(true);
  return last;
}
