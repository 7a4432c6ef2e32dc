import { Server } from "./support/server.ts";
import { expect, Live, test } from "./support/test.ts";

test("ten thousand containers of the demo engine scroll, and it says that it is one", async ({ page }) => {
  test.setTimeout(120_000);
  const server = await Server.start(["--demo", "--demo-containers", "10000"]);
  try {
    const live = new Live(page);
    await page.goto(server.url);
    await live.isLive();
    await expect(page.locator("[data-banner=demo]")).toContainText(/demo/i);
    await expect(page.locator("[data-banner=demo]").getByRole("button", { name: /close|dismiss/i })).toHaveCount(0);
    await expect
      .poll(async () => Number(await page.getByRole("grid").getAttribute("aria-rowcount")), { timeout: 30_000 })
      .toBeGreaterThan(9_000);
    const drawn = await page.locator("[data-key]").count();
    expect(drawn, "rows are virtual").toBeLessThan(120);
    const before = await page.locator("[data-key]").first().getAttribute("data-key");
    await page.locator("[data-key]").first().hover();
    await page.mouse.wheel(0, 50_000);
    await expect(page.locator("[data-key]").first()).not.toHaveAttribute("data-key", before ?? "");
    await expect
      .poll(() => page.locator('[data-state="running"] [data-col="cpu"]').first().textContent(), { timeout: 15_000 })
      .toMatch(/\d/);
  } finally {
    await server.stop();
  }
});
