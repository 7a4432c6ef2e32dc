import type { Camera } from "./camera.ts";
import { expect, test } from "./stage.ts";

test("what else there is", async ({ stage, engine }) => {
  await engine.docker("network", "create", "--internal", "vault");
  await engine.docker("volume", "create", "scratch");
  await engine.docker("tag", "shop/web:1.4", "registry.example:5000/shop/web:1.4");
  await stage.each(lists);
  await stage.each(details);
  await stage.each(questions);
});

async function lists(camera: Camera): Promise<void> {
  await camera.open("/images");
  for (const list of ["images", "volumes", "networks", "projects"]) {
    await camera.go(`/${list}`);
    await expect(camera.page.locator("[data-key]").first()).toBeVisible();
    await camera.page.waitForTimeout(500);
    await camera.snap(list);
  }
  await camera.go("/system");
  await expect(camera.page.getByTestId("disk")).toBeVisible();
  await camera.snap("system");
}

async function details(camera: Camera): Promise<void> {
  const { page } = camera;
  await camera.open("/images?q=shop/web");
  await page.locator('[data-kind="image"] a').first().click();
  await expect(page.getByTestId("layers").locator("tbody tr").first()).toBeVisible();
  await camera.snap("image");
  await camera.go("/networks/shop_default");
  await expect(page.locator('[data-endpoint="shop-web-1"]')).toBeVisible();
  await camera.snap("network");
  await camera.go("/projects/shop");
  await expect(page.getByTestId("services")).toContainText("shop-web-1");
  await page.waitForTimeout(1_500);
  await camera.snap("project");
}

async function questions(camera: Camera): Promise<void> {
  const { page } = camera;
  await camera.open("/images");
  await page.getByRole("button", { name: "Pull", exact: true }).first().click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await camera.snap("pull");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Prune" }).click();
  await page
    .getByRole("dialog")
    .getByLabel(/Also images that have a tag/)
    .check();
  await expect(page.getByTestId("prune-total")).toBeVisible();
  await camera.snap("prune");
}
