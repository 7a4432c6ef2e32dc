import type { Page } from "@playwright/test";
import { expect, type Live, test } from "./support/test.ts";

const image = "busybox:local";
const forever = ["sh", "-c", "while :; do sleep 1; done"];

const heads = (page: Page) =>
  page.locator(".qw-head [data-col]").evaluateAll((cells) => cells.map((cell) => cell.getAttribute("data-col")));
const head = (page: Page, id: string) => page.locator(`.qw-head [data-col="${id}"]`);
const width = async (page: Page, id: string) => Math.round((await head(page, id).boundingBox())?.width ?? 0);

/** Back in the table, with its rows to be seen again. */
async function back(page: Page, live: Live): Promise<void> {
  await page.goBack();
  await expect(page).toHaveURL(/\/$/);
  await expect(live.row("web-2")).toBeVisible();
}

test.use({ viewport: { width: 1600, height: 800 } });

test.beforeEach(async ({ engine }) => {
  await engine.start("web-2", image, ...forever);
  await engine.start("web-10", image, ...forever);
});

test("columns are chosen, sized and moved, and remembered", async ({ live, page }) => {
  await live.hasState("web-10", "running");
  const names = () => page.locator("[data-key]").evaluateAll((rows) => rows.map((r) => r.getAttribute("data-name")));
  await expect.poll(names).toEqual(["web-2", "web-10"]);

  const asItWas = await width(page, "name");
  await head(page, "image").click({ button: "right" });
  await page.getByRole("menuitem", { name: "Hide this column" }).click();
  await expect.poll(() => heads(page)).not.toContain("image");

  const before = await width(page, "name");
  const edge = await head(page, "name").locator("[data-resize]").boundingBox();
  if (!edge) throw new Error("no edge to drag");
  await page.mouse.move(edge.x + 3, edge.y + 5);
  await page.mouse.down();
  await page.mouse.move(edge.x + 40, edge.y + 5, { steps: 4 });
  await page.mouse.move(edge.x - 57, edge.y + 5, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => Math.abs((await width(page, "name")) - (before - 60))).toBeLessThanOrEqual(2);
  const sized = await width(page, "name");
  await expect(head(page, "name"), "the drag was no click").toHaveAttribute("aria-sort", "ascending");

  const narrow = await width(page, "cpu");
  await head(page, "cpu").locator(".qw-sort").focus();
  await page.keyboard.press("Shift+ArrowRight");
  await expect.poll(() => width(page, "cpu")).toBeGreaterThan(narrow);
  const cpu = await width(page, "cpu");
  /** How far right of another column one stands. */
  const apart = async (one: string, other: string) => {
    const all = await heads(page);
    return all.indexOf(one) - all.indexOf(other);
  };
  await page.keyboard.press("Alt+ArrowLeft");
  await expect.poll(() => apart("cpu", "uptime")).toBe(-1);

  const from = await head(page, "state").boundingBox();
  const to = await head(page, "mem").boundingBox();
  if (!from || !to) throw new Error("no heads to drag");
  await page.mouse.move(from.x + 20, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(to.x + 20, to.y + 10, { steps: 6 });
  await page.mouse.up();
  await expect.poll(() => apart("state", "mem")).toBe(1);
  const order = await heads(page);

  await page.reload();
  await live.isLive();
  await expect.poll(() => heads(page)).toEqual(order);
  await expect.poll(() => width(page, "name")).toBe(sized);
  await expect.poll(() => width(page, "cpu")).toBe(cpu);

  await head(page, "name").click({ button: "right" });
  await page.getByRole("menuitem", { name: "Reset all columns" }).click();
  await expect.poll(() => heads(page)).toContain("image");
  await expect.poll(() => apart("state", "mem")).toBeLessThan(0);
  await expect.poll(() => width(page, "name")).toBe(asItWas);
});

test("a picture of the last two minutes is drawn for what runs", async ({ live }) => {
  await live.hasState("web-10", "running");
  const drawn = () =>
    live
      .row("web-2")
      .locator("canvas")
      .first()
      .evaluate((canvas: HTMLCanvasElement) => {
        const g = canvas.getContext("2d");
        const data = g?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        let on = 0;
        for (let i = 3; i < data.length; i += 4) on += Number((data[i] ?? 0) > 0);
        return on;
      });
  await expect.poll(drawn).toBeGreaterThan(10);
});

test("a row opens its container's view, by its link, Enter and a double click", async ({ live, page }) => {
  await live.hasState("web-2", "running");
  await live.row("web-2").getByRole("link", { name: "web-2" }).click();
  await expect(page).toHaveURL(/\/containers\/[0-9a-f]{12}$/);
  await back(page, live);
  await live.row("web-2").focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/containers\/[0-9a-f]{12}$/);
  await back(page, live);
  await live.cell("web-2", "image").dblclick();
  await expect(page).toHaveURL(/\/containers\/[0-9a-f]{12}$/);
  await back(page, live);
  await live.row("web-2").focus();
  await page.keyboard.press("l");
  await expect(page).toHaveURL(/\/containers\/[0-9a-f]{12}\/logs$/);
});
