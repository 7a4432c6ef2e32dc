import type { Page } from "@playwright/test";
import { inARow } from "./support/keys.ts";
import { expect, test } from "./support/test.ts";

const forever = ["busybox:local", "sh", "-c", "trap 'exit 0' TERM; echo ready; while :; do sleep 0.2; done"];

/** What has the focus, as a screen reader would name it. */
function focused(page: Page) {
  return page.locator(":focus");
}

test("a session without a mouse: find, open, back, and be where one was", async ({ live, page, engine }) => {
  await engine.start("kbd-alpha", ...forever);
  await engine.start("kbd-beta", ...forever);
  for (const name of ["kbd-alpha", "kbd-beta"]) await live.hasState(name, "running");

  // Into the table from the top of the page.
  await page.keyboard.press("Tab");
  await expect(focused(page)).toHaveText("Skip to the content");
  await page.keyboard.press("Enter");
  await expect(focused(page)).toHaveAttribute("data-name", "kbd-alpha");
  await page.keyboard.press("j");
  await expect(focused(page)).toHaveAttribute("data-name", "kbd-beta");

  // The palette, a few letters, the container.
  await page.keyboard.press("Control+k");
  const box = page.getByRole("combobox", { name: /Find containers/ });
  await expect(box).toBeFocused();
  await page.keyboard.type("kbalp");
  await expect(page.getByRole("option", { selected: true })).toContainText("kbd-alpha");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/containers\/[0-9a-f]{12}$/);
  await expect(page).toHaveTitle(/kbd-alpha/);
  await expect(page.getByRole("heading", { level: 1, name: "kbd-alpha" })).toBeVisible();
  await expect(page.locator("#main")).toBeFocused();

  // Back: the row that had the focus has it again.
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/$/);
  await expect(focused(page)).toHaveAttribute("data-name", "kbd-beta");

  // Esc closes what is open and gives the focus back, and goes nowhere.
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(focused(page)).toHaveAttribute("data-name", "kbd-beta");
  await expect(page).toHaveURL(/\/$/);
});

test("a session without a mouse: stop, see it stopped, its logs, back, remove", async ({ live, page, engine }) => {
  await engine.start("kbd-delta", ...forever);
  await engine.start("kbd-epsilon", ...forever);
  for (const name of ["kbd-delta", "kbd-epsilon"]) await live.hasState(name, "running");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(focused(page)).toHaveAttribute("data-name", "kbd-delta");

  // Found by a verb and a few letters of the name, from anywhere.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("stop kbdel");
  await expect(page.getByRole("option", { selected: true })).toHaveText(/Stop kbd-delta/);
  await page.keyboard.press("Enter");
  await live.hasState("kbd-delta", "exited");
  await expect(focused(page)).toHaveAttribute("data-name", "kbd-delta");
  await expect(live.row("kbd-epsilon")).toHaveAttribute("data-state", "running");

  await page.keyboard.press("Control+k");
  await page.keyboard.type("logs kbdel");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/containers\/[0-9a-f]{12}\/logs$/);
  await expect(page.getByText("ready").first()).toBeVisible();
  await expect(page.locator("#main")).toBeFocused();

  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/$/);
  await expect(focused(page)).toHaveAttribute("data-name", "kbd-delta");

  // What destroys is confirmed, and the neighbour has the focus afterwards.
  await page.keyboard.press("Delete");
  const dialog = page.getByRole("alertdialog").or(page.getByRole("dialog"));
  await expect(dialog).toContainText("kbd-delta");
  await expect.poll(() => dialog.evaluate((el) => el.contains(document.activeElement))).toBe(true);
  const remove = dialog.getByRole("button", { name: /^Remove/ });
  for (let i = 0; i < 8 && !(await remove.evaluate((el) => el === document.activeElement)); i++) {
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await expect(live.row("kbd-delta")).toHaveCount(0);
  await expect(focused(page)).toHaveAttribute("data-name", "kbd-epsilon");
});

test("the table's single keys act on the container whose view this is", async ({ live, page, engine }) => {
  await engine.start("kbd-view", ...forever);
  await live.hasState("kbd-view", "running");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("kbview");
  await page.keyboard.press("Enter");
  const state = () => engine.docker("inspect", "-f", "{{.State.Status}}", "kbd-view");
  await expect(page.getByRole("heading", { level: 1, name: "kbd-view" })).toBeVisible();
  await expect(page.locator("#main")).toBeFocused();
  await page.keyboard.press("s");
  await expect.poll(state).toBe("exited");
  const actions = page.getByRole("group", { name: "Actions on kbd-view" });
  await expect(actions.getByRole("button", { name: "Start", exact: true })).not.toHaveAttribute(
    "aria-disabled",
    "true",
  );
  await page.keyboard.press("s");
  await expect.poll(state).toBe("running");
  await page.keyboard.press("l");
  await expect(page).toHaveURL(/\/logs$/);
  // Not while one types.
  await page.getByRole("searchbox").or(page.getByLabel("Search the log")).first().focus();
  await page.keyboard.type("s");
  await page.locator("#main").focus();
  await page.keyboard.press("Delete");
  await expect(page.getByRole("dialog").or(page.getByRole("alertdialog"))).toContainText("kbd-view");
  await page.keyboard.press("Escape");
  expect(await state()).toBe("running");
});

test("keys go to pages, and not while one types or has switched them off", async ({ live, page }) => {
  await live.isLive();
  await inARow(page, "g", "e");
  await expect(page).toHaveURL(/\/events$/);
  await inARow(page, "g", "s");
  await expect(page).toHaveURL(/\/settings$/);

  const search = page.getByLabel("Search events");
  await search.focus();
  await page.keyboard.type("g c ?");
  await expect(search).toHaveValue("g c ?");
  await expect(page).toHaveURL(/\/settings$/);
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.getByRole("radiogroup", { name: "Single keys" }).getByRole("radio", { name: "Off" }).check();
  await page.locator("#main").focus();
  await page.keyboard.press("?");
  await inARow(page, "g", "c");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page).toHaveURL(/\/settings$/);
  // Typed before the palette has come: it is what it begins with.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("switch single keys on");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("radiogroup", { name: "Single keys" }).getByRole("radio", { name: "On" })).toBeChecked();
  await expect(page.locator("#main")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/events$/);
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/$/);
});

test("dialogs keep the focus within and the page's keys out", async ({ live, page, engine }) => {
  await engine.start("kbd-gamma", ...forever);
  await live.hasState("kbd-gamma", "running");
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keys" });
  await expect(sheet).toBeVisible();
  await expect.poll(() => sheet.evaluate((el) => el.contains(document.activeElement))).toBe(true);
  for (let i = 0; i < 6; i++) {
    await page.keyboard.press("Tab");
    // Past its ends the focus stands on a guard for a moment, which sends it back.
    await expect.poll(() => sheet.evaluate((el) => el.contains(document.activeElement))).toBe(true);
  }
  await inARow(page, "g", "s");
  await expect(page).toHaveURL(/\/$/);
  await expect(sheet).toBeVisible();
});
