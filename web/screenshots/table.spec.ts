import { Engine } from "../e2e/support/engine.ts";
import type { Camera } from "./camera.ts";
import { expect, Stage, test } from "./stage.ts";

test("the table", async ({ stage }) => {
  await stage.each(filters);
  await stage.each(menus);
  await stage.each(widths);
});

async function ready(camera: Camera): Promise<void> {
  await expect(camera.row("shop-web-1")).toBeVisible();
  await expect(camera.cell("shop-web-1", "cpu")).toContainText(/\d/);
}

/** Other widths, with a live order that is held still. */
async function widths(camera: Camera): Promise<void> {
  const { page } = camera;
  await camera.open("/");
  await ready(camera);
  await page.getByRole("columnheader", { name: /CPU/ }).first().getByRole("button").first().click();
  await camera.row("shop-web-1").focus();
  await page.waitForTimeout(500);
  await camera.snap("table-order-paused");
  const others = camera.wide ? { 768: 1024, 2560: 1200 } : { 360: 780 };
  for (const [width, height] of Object.entries(others)) {
    await page.setViewportSize({ width: Number(width), height });
    await page.waitForTimeout(400);
    await camera.snap(`table-${width}`);
  }
}

async function filters(camera: Camera): Promise<void> {
  const { page } = camera;
  await camera.open("/");
  await ready(camera);
  const filter = page.getByRole("combobox", { name: "Filter containers" });
  await filter.pressSequentially("state:");
  await expect(page.getByRole("option").first()).toBeVisible();
  await camera.snap("filter-completion");
  await filter.fill("");
  await filter.fill("stat:running mem>200 project:shop");
  await filter.blur();
  await expect(page.getByTestId("filter-problems")).toContainText("Did you mean");
  await camera.snap("filter-error");
  await filter.fill("project:shop -is:failed cpu>0.1");
  await filter.blur();
  await page.waitForTimeout(500);
  await camera.snap("filter");
  await filter.fill("nothing-is-called-that");
  await expect(page.getByText("No match")).toBeVisible();
  await camera.snap("no-match");
}

async function menus(camera: Camera): Promise<void> {
  const { page } = camera;
  await camera.open("/?q=project:shop");
  await ready(camera);
  await camera.row("shop-web-1").click({ button: "right" });
  await expect(page.getByRole("menu")).toBeVisible();
  await camera.snap("row-menu");
  await page.keyboard.press("Escape");
  await page.locator('.qw-head [data-col="name"]').click({ button: "right" });
  await page.getByRole("menuitem", { name: "Choose columns" }).click();
  await expect(page.getByRole("menuitemcheckbox").first()).toBeVisible();
  await camera.snap("columns-menu");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await camera.row("shop-web-1").focus();
  await page.keyboard.press("x");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  await expect(page.getByTestId("bulk-bar")).toBeVisible();
  await page.getByRole("combobox", { name: "Filter containers" }).fill("");
  await page.waitForTimeout(300);
  await camera.snap("selection");
}

test("what is done to containers", async ({ stage, engine }) => {
  await engine.start(
    "slow",
    "--network",
    "container:shop-cache-1",
    "busybox:local",
    "sh",
    "-c",
    "trap 'sleep 9; exit 0' TERM; while :; do sleep 0.2; done",
  );
  await stage.each(questions);
  // Each asks for the same, so one after the other.
  await stage.one("wide", failures);
  await engine.docker("wait", "reports-daily", "reports-weekly");
  await stage.one("narrow", failures);
  await engine.docker("rm", "-f", "slow");
});

async function questions(camera: Camera): Promise<void> {
  const { page } = camera;
  await camera.open("/");
  await ready(camera);
  const menu = async (name: string, item: RegExp) => {
    await camera.row(name).click({ button: "right" });
    await page.getByRole("menuitem", { name: item }).click();
  };
  await menu("backup", /^Remove/);
  await expect(page.getByRole("dialog")).toContainText("Remove backup?");
  await camera.snap("remove");
  await page.keyboard.press("Escape");
  await menu("backup", /^Rename/);
  await page.getByRole("textbox", { name: "New name" }).fill("migrate");
  await camera.snap("rename");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Group" }).click();
  await page.locator('[data-group="shop"]').click({ button: "right" });
  await expect(page.getByRole("menu")).toBeVisible();
  await camera.snap("group-menu");
  await page.getByRole("menuitem", { name: /^Remove project/ }).click();
  await page.getByRole("checkbox", { name: /anonymous volumes/ }).check();
  await camera.snap("remove-project");
  await page.keyboard.press("Escape");
}

async function failures(camera: Camera): Promise<void> {
  const { page } = camera;
  await camera.open("/?q=name:slow");
  await camera.row("slow").click({ button: "right" });
  if (camera.wide) {
    await page.getByRole("menuitem", { name: /^Stop/ }).click();
    await expect(camera.cell("slow", "state")).toContainText("Stopping");
    await page.getByRole("combobox", { name: "Filter containers" }).fill("");
    await camera.snap("pending");
  }
  await page.keyboard.press("Escape");
  await page.getByRole("combobox", { name: "Filter containers" }).fill("name:reports");
  await camera.row("reports-monthly").focus();
  await page.keyboard.press("Control+a");
  await expect(page.getByTestId("bulk-bar")).toContainText("selected");
  await page.getByTestId("bulk-bar").getByRole("button", { name: "Start", exact: true }).click();
  const line = page.locator('[data-job][data-state="done"]');
  await expect(line.getByTestId("job-text")).toContainText("failed", { timeout: 20_000 });
  await line.getByRole("button", { name: "1 failure" }).click();
  await camera.snap("job-failures");
}

test("other looks: high contrast, paper", async ({ stage }) => {
  await stage.each(async (camera) => {
    const { page } = camera;
    await page.addInitScript(() => localStorage.setItem("quaywatch.theme", "contrast"));
    await camera.open("/");
    await ready(camera);
    await camera.snap("contrast");
  });
  await stage.one("wide", async (camera) => {
    const { page } = camera;
    await camera.open("/");
    await ready(camera);
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
    await expect(page.locator("table.qw-print")).toBeVisible();
    await camera.snap("print");
  });
});

test("no containers, no engine", async ({ browser }) => {
  const engine = await Engine.up(`shots-empty-${process.pid}`);
  const stage = await Stage.set(browser, ["--host", engine.host]);
  try {
    await stage.each(async (camera) => {
      await camera.open("/");
      await expect(camera.page.getByRole("heading", { name: "No containers yet" })).toBeVisible();
      await camera.snap("empty");
    });
  } finally {
    await stage.stop();
    await engine.down();
  }
  const nowhere = await Stage.set(browser, ["--host", "unix:///var/run/nothing-listens-here.sock"]);
  try {
    await nowhere.each(async (camera) => {
      await camera.page.goto(camera.origin);
      await expect(camera.pill).toHaveAttribute("data-state", "engine-down");
      await camera.snap("no-engine");
    });
  } finally {
    await nowhere.stop();
  }
});
