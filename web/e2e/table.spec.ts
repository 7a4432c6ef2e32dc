import { expect, test } from "./support/test.ts";

const forever = ["busybox:local", "sh", "-c", "while :; do sleep 1; done"];

test.beforeEach(async ({ engine }) => {
  for (const [name, project] of [
    ["alpha", "shop"],
    ["beta", "shop"],
    ["gamma", "mail"],
  ] as const) {
    await engine.start(name, "--label", `com.docker.compose.project=${project}`, ...forever);
  }
});

test("sort, filter, group", async ({ live, page }) => {
  await live.hasState("gamma", "running");
  const names = () =>
    page.locator("[data-key]").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-name")));

  const header = page.getByRole("columnheader", { name: /name/i });
  const sort = header.getByRole("button");
  const upwards = ["alpha", "beta", "gamma"];
  await expect(header).toHaveAttribute("aria-sort", "ascending");
  await expect.poll(names).toEqual(upwards);
  await sort.click();
  await expect(header).toHaveAttribute("aria-sort", "descending");
  await expect.poll(names).toEqual([...upwards].reverse());
  await sort.click();
  await expect(header).toHaveAttribute("aria-sort", "ascending");
  await expect.poll(names).toEqual(upwards);

  await page.keyboard.press("/");
  await page.keyboard.type("gam");
  await expect.poll(names).toEqual(["gamma"]);
  await expect(page).toHaveURL(/gam/);
  await page.reload();
  await live.isLive();
  await expect.poll(names).toEqual(["gamma"]);
  await page.getByRole("combobox", { name: "Filter containers" }).fill("nothing-like-it");
  await expect(page.getByRole("button", { name: /clear/i }).first()).toBeVisible();
  await page.getByRole("combobox", { name: "Filter containers" }).fill("");

  await page.getByRole("button", { name: /group/i }).click();
  await expect(page.locator("[data-group]")).toHaveCount(2);
  await expect(page.locator('[data-group="shop"]')).toContainText("2");
});

test("the grid can be used from the keyboard, and focus belongs to the container", async ({ engine, live, page }) => {
  await live.hasState("gamma", "running");
  await expect(page.getByRole("grid")).toHaveAttribute("aria-rowcount", "4");
  await page.locator('[data-key][data-name="beta"]').focus();
  await page.keyboard.press("j");
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("data-name"));
  await expect.poll(focused).toBe("gamma");
  await page.keyboard.press("k");
  await expect.poll(focused).toBe("beta");
  await engine.docker("rm", "-f", "beta");
  await expect(live.row("beta")).toHaveCount(0);
  await expect.poll(focused).toMatch(/alpha|gamma/);
});

test("a connection's popover tells its quality", async ({ live, page }) => {
  await live.pill.click();
  const popover = page.getByRole("dialog");
  await expect(popover).toContainText(/p50/i);
  await expect(popover).toContainText(/p95/i);
  await expect(popover).toContainText(/WebSocket/);
  await page.keyboard.press("Escape");
  await expect(popover).toHaveCount(0);
});
