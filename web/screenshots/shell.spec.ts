import { type Camera, SIZES } from "./camera.ts";
import { expect, test } from "./stage.ts";

test("what stands around the pages", async ({ stage, engine }) => {
  let watching = 0;
  const news = new EventTarget();
  await stage.each(async (camera) => {
    const heard = new Promise((done) => news.addEventListener("news", done));
    await camera.open("/");
    // What watches for trouble comes after the page, and tells of what is new only.
    await camera.page.waitForLoadState("networkidle");
    await camera.page.waitForTimeout(1_500);
    watching++;
    if (watching === Object.keys(SIZES).length) {
      // Another one than the scene's, of which is told already.
      const limits = ["-m", "16m", "--memory-swap", "16m"];
      await engine.docker("run", "-d", "--name", "posters", ...limits, "thumbnailer:1", "sh", "-c", "tail /dev/zero");
      news.dispatchEvent(new Event("news"));
    }
    await heard;
    await told(camera);
  });
  await engine.docker("rm", "-f", "posters");
  await stage.each(overlays);
  await stage.each(settings);
});

/** A container runs out of memory while one looks: a toast, the bell, the centre. */
async function told(camera: Camera): Promise<void> {
  const { page } = camera;
  await expect(page.locator("[data-toast]", { hasText: "ran out of memory" })).toBeVisible({ timeout: 30_000 });
  await camera.snap("toast");
  await page.getByRole("button", { name: /^Notifications/ }).click();
  await expect(page.getByRole("heading", { name: "Notifications" })).toBeVisible();
  await camera.snap("notifications");
}

async function overlays(camera: Camera): Promise<void> {
  const { page } = camera;
  await camera.open("/");
  await expect(camera.row("shop-web-1")).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("option").first()).toBeVisible();
  await camera.snap("palette-empty");
  await page.getByRole("combobox", { name: /Find containers/ }).fill("stop shop");
  await expect(page.getByRole("option").first()).toBeVisible();
  await camera.snap("palette");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await camera.snap("keys");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Display" }).click();
  await expect(page.getByRole("menu")).toBeVisible();
  await camera.snap("display-menu");
  await page.keyboard.press("Escape");
  // On a small window the feed comes when it is asked for.
  if (!camera.wide) await page.getByRole("button", { name: "Events", exact: true }).click();
  await page.getByRole("button", { name: /^Filters/ }).click();
  await camera.snap("feed-filters");
  await page.addInitScript(() => {
    // As if the tab had last been seen an hour ago.
    if (!sessionStorage.getItem("once")) sessionStorage.setItem("quaywatch.seen", String(Date.now() - 3_600_000));
    sessionStorage.setItem("once", "1");
  });
  await page.reload();
  await expect(page.locator("[data-banner=away]")).toBeVisible();
  await camera.snap("away");
  await page.locator("[data-banner=away]").getByRole("button", { name: "Show" }).click();
  await expect(page.locator('[data-event="away"]')).toBeVisible();
  await camera.snap("away-shown");
}

async function settings(camera: Camera): Promise<void> {
  const { page } = camera;
  await camera.open("/settings");
  await expect(page.getByRole("heading", { name: "Settings", level: 1 })).toBeVisible();
  await camera.snap("settings");
  await page.locator("[data-page-scroll]").evaluate((el) => el.scrollTo(0, el.scrollHeight));
  await camera.snap("settings-end");
  await camera.go("/nowhere");
  await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  await camera.snap("no-page");
}
