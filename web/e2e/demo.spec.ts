import { Server } from "./support/server.ts";
import { expect, Live, test } from "./support/test.ts";

test("ten thousand containers of the demo engine scroll, and it says that it is one", async ({ page }) => {
  const server = await Server.start(["--demo", "--demo-containers", "10000"]);
  try {
    const live = new Live(page);
    await page.goto(server.url);
    await live.isLive();
    await expect(page.locator("[data-banner=demo]")).toContainText(/demo/i);
    await expect(page.locator("[data-banner=demo]").getByRole("button", { name: /close|dismiss/i })).toHaveCount(0);
    await expect
      .poll(async () => Number(await page.getByRole("grid").getAttribute("aria-rowcount")))
      .toBeGreaterThan(9_000);
    const drawn = await page.locator("[data-key]").count();
    expect(drawn, "rows are virtual").toBeLessThan(120);
    const before = await page.locator("[data-key]").first().getAttribute("data-key");
    await page.locator("[data-key]").first().hover();
    await page.mouse.wheel(0, 50_000);
    await expect(page.locator("[data-key]").first()).not.toHaveAttribute("data-key", before ?? "");
    expect(await page.evaluate(blankPictures), "pictures with an empty place").toBe(0);
    await page.getByRole("combobox", { name: "Filter containers" }).fill("state:exited");
    await expect(page.getByTestId("shown")).toContainText(" of ");
    expect(await page.evaluate(blankPictures), "pictures with an empty place in what is left").toBe(0);
    await page.getByRole("combobox", { name: "Filter containers" }).fill("");
    await expect
      .poll(() => page.locator('[data-state="running"] [data-col="cpu"]').first().textContent())
      .toMatch(/\d/);
  } finally {
    await server.stop();
  }
});

/** Scrolls from top to bottom, and tells in how many pictures a place in the table showed no row; at the end it stays there. */
async function blankPictures(): Promise<number> {
  const grid = document.querySelector("[role=grid]") as HTMLElement;
  const isBlank = () => {
    const box = grid.getBoundingClientRect();
    for (let y = box.top + 40; y < box.top + grid.clientHeight - 4; y += 20) {
      if (!document.elementFromPoint(box.left + 120, y)?.closest("[data-line]")) return true;
    }
    return false;
  };
  let blank = Number(isBlank());
  for (let top = 0; top < grid.scrollHeight; top += 2_777) {
    grid.scrollTop = top;
    await new Promise(requestAnimationFrame);
    blank += Number(isBlank());
  }
  return blank;
}
