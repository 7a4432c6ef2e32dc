import { expect, test } from "./support/test.ts";

const image = "busybox:local";
const forever = ["sh", "-c", "while :; do sleep 1; done"];

test.beforeEach(async ({ engine }) => {
  await engine.start(
    "shop-web-1",
    "--label",
    "com.docker.compose.project=shop",
    "--label",
    "app=web",
    image,
    ...forever,
  );
  await engine.start("shop-db-1", "--label", "com.docker.compose.project=shop", "--label", "app=db", image, ...forever);
  await engine.start("burner", image, "sh", "-c", "while :; do :; done");
  await engine.docker("create", "--name", "idle", image, "true");
});

test("words, fields, regular expressions and metrics, in the address", async ({ live, page, server }) => {
  await live.hasState("idle", "created");
  const filter = page.getByRole("combobox", { name: "Filter containers" });
  const names = () =>
    page.locator("[data-key]").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-name")));
  for (const [query, left] of [
    ["project:shop", ["shop-db-1", "shop-web-1"]],
    ["-project:shop", ["burner", "idle"]],
    ["state:created,exited", ["idle"]],
    ["label:app=web", ["shop-web-1"]],
    ["name:~^(burn|idl)", ["burner", "idle"]],
    ["is:running -label:app", ["burner"]],
    ["cpu>3", ["burner"]],
    ["uptime<1h mem>0 -cpu>3", ["shop-db-1", "shop-web-1"]],
  ] as const) {
    await filter.fill(query);
    await expect.poll(names, { message: query }).toEqual(left);
  }
  await filter.fill("label:app=web state:running");
  await expect.poll(() => new URL(page.url()).searchParams.get("q")).toBe("label:app=web state:running");
  await page.reload();
  await live.isLive();
  await expect(filter).toHaveValue("label:app=web state:running");
  await expect.poll(names).toEqual(["shop-web-1"]);
  await page.goto(`${server.origin}/?q=${encodeURIComponent("name:idle")}`);
  await expect.poll(names).toEqual(["idle"]);
});

test("completion by the keyboard, of fields and of values in the data", async ({ live, page }) => {
  await live.hasState("idle", "created");
  await page.keyboard.press("/");
  const filter = page.getByRole("combobox", { name: "Filter containers" });
  await expect(filter).toBeFocused();
  await page.keyboard.type("proj");
  await expect(filter).toHaveAttribute("aria-expanded", "true");
  await page.keyboard.press("Tab");
  await expect(filter).toHaveValue("project:");
  await expect(page.getByRole("option", { name: /project:shop 2 containers/ })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  const active = await filter.getAttribute("aria-activedescendant");
  await expect(page.locator(`[id="${active}"]`)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(filter).toHaveValue("project:shop ");
  await expect(page.getByRole("listbox")).toHaveCount(0);
  await page.keyboard.type("label:app=d");
  await page.keyboard.press("Tab");
  await expect(filter).toHaveValue("project:shop label:app=db ");
  await expect(page.locator("[data-key]")).toHaveCount(1);
  await page.keyboard.press("ArrowDown");
  await expect(live.row("shop-db-1")).toBeFocused();
});

test("a word that can't be read is named, with what would be right, and the rest applies", async ({ live, page }) => {
  await live.hasState("idle", "created");
  const filter = page.getByRole("combobox", { name: "Filter containers" });
  await filter.fill("stat:running project:shop");
  const problems = page.getByTestId("filter-problems");
  await expect(problems).toContainText("stat:running is no field. Did you mean state:running?");
  await expect(page.locator("[data-key]")).toHaveCount(2);
  await problems.getByRole("button", { name: "state:running" }).click();
  await expect(filter).toHaveValue("state:running project:shop");
  await expect(problems).toHaveText("");
  await filter.fill("name:~[");
  await expect(problems).toContainText("is no regular expression");
  await filter.fill("mem>200");
  await expect(problems).toContainText("needs a unit: 200MB");
});

test("a selection belongs to its containers, whatever the filter, the order and the grouping", async ({
  live,
  page,
}) => {
  await live.hasState("idle", "created");
  await live.row("burner").focus();
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("Shift+ArrowDown");
  const bar = page.getByTestId("bulk-bar");
  await expect(bar).toContainText("3 selected");
  const selected = () =>
    page
      .locator('[data-key][aria-selected="true"]')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-name")).sort());
  await expect.poll(selected).toEqual(["burner", "idle", "shop-db-1"]);
  await page.getByRole("columnheader", { name: /Name/ }).getByRole("button").click();
  await page.getByRole("button", { name: "Group" }).click();
  await expect.poll(selected).toEqual(["burner", "idle", "shop-db-1"]);
  await page.getByRole("combobox", { name: "Filter containers" }).fill("burner");
  await expect(page.locator("[data-key]")).toHaveCount(1);
  await expect(bar).toContainText("3 selected");
  await page.getByRole("combobox", { name: "Filter containers" }).fill("");
  await expect.poll(selected).toEqual(["burner", "idle", "shop-db-1"]);
  await live.row("burner").focus();
  await page.keyboard.press("Escape");
  await expect(bar).toHaveCount(0);
});
