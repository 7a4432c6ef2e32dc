import type { Camera } from "./camera.ts";
import { expect, test } from "./stage.ts";

test("what was, and what is wrong", async ({ stage }) => {
  await stage.each(events);
  await stage.each(alerts);
});

async function events(camera: Camera): Promise<void> {
  await camera.open("/events");
  await expect(camera.page.getByTestId("events-list").locator("[data-line]").first()).toBeVisible();
  await camera.snap("events");
}

async function alerts(camera: Camera): Promise<void> {
  const { page } = camera;
  await camera.open("/alerts");
  await expect(page.getByText(/ends again and again/).first()).toBeVisible({ timeout: 60_000 });
  await camera.snap("alerts");
  await camera.go("/alerts/rules");
  await expect(page.getByText("Memory over 95").first()).toBeVisible();
  await camera.snap("alert-rules");
}
