import type { Page } from "@playwright/test";
import { accessible } from "./support/axe.ts";
import { atRest, inARow } from "./support/keys.ts";
import { expect, test } from "./support/test.ts";

/** Within the page, as a link would: the connection stays. */
async function go(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => history.pushState(null, "", to), path);
}

/** The rows of the list that is shown: the containers' table sleeps behind it, and events have kinds too. */
function rows(page: Page) {
  return page.getByRole("grid").locator("[data-key]");
}

test.afterEach(async ({ engine }) => {
  await engine.removeAll();
  await engine.docker("volume", "prune", "-f");
  await engine.docker("network", "prune", "-f");
});

test("a volume made in another terminal is there at once, with who mounts it", async ({ live, engine }) => {
  const { page } = live;
  await inARow(page, "g", "v");
  await expect(page).toHaveURL(/\/volumes$/);
  await expect(page.getByRole("link", { name: "Volumes", exact: true })).toHaveAttribute("aria-current", "page");
  await expect(page.getByRole("heading", { name: "No volumes yet" })).toBeVisible();
  await engine.docker("volume", "create", "data.old");
  await expect(live.cell("data.old", "uses")).toHaveText("unused");
  await engine.start("keeper", "-v", "data.old:/data", "busybox:local", "sleep", "1000");
  await expect(live.cell("data.old", "uses")).toHaveText("1 container");
  await live.row("data.old").getByRole("link").click();
  await expect(page.getByRole("heading", { name: "data.old", level: 1 })).toBeVisible();
  await page.locator('[data-uses="keeper"]').getByRole("link").click();
  await expect(page.getByRole("heading", { name: "keeper", level: 1 })).toBeVisible();
  await engine.docker("rm", "-f", "keeper");
  await go(page, "/volumes/data.old");
  await expect(page.getByText("No container mounts it.")).toBeVisible();
  // Its address ends like a file's name, and is a page all the same.
  await page.reload();
  await expect(page.getByRole("heading", { name: "data.old", level: 1 })).toBeVisible();
  await engine.docker("volume", "rm", "data.old");
  await expect(page.getByRole("heading", { name: "No such volume" })).toBeVisible();
});

test("a volume is made, and removed once its name was typed", async ({ live, engine }) => {
  const { page } = live;
  await go(page, "/volumes");
  await page.getByRole("button", { name: "Create" }).first().click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Name").fill("by-hand");
  await form.getByLabel("Labels").fill("team=shop");
  await form.getByRole("button", { name: "Create" }).click();
  await expect(live.row("by-hand")).toBeVisible();
  await expect.poll(() => engine.docker("volume", "inspect", "-f", "{{.Labels.team}}", "by-hand")).toBe("shop");
  await live.row("by-hand").focus();
  await page.keyboard.press("Delete");
  const question = page.getByRole("dialog");
  const remove = question.getByRole("button", { name: "Remove" });
  await expect(remove).toBeDisabled();
  await question.getByLabel(/Type by-hand/).fill("by-hand");
  await remove.click();
  await expect(live.row("by-hand")).toHaveCount(0);
  expect(await engine.docker("volume", "ls", "-q")).not.toContain("by-hand");
});

test("what is refused can be set right where it was typed", async ({ live, engine }) => {
  const { page } = live;
  await go(page, "/networks");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Name").fill("back");
  await form.getByLabel("Labels").fill("team=shop");
  await form.getByLabel("Subnet").fill("10.99.0.0/33");
  await form.getByLabel("Subnet").press("Enter");
  await expect(form.getByRole("alert")).toContainText("Could not create network back. “10.99.0.0/33” is no subnet");
  await expect(form.getByLabel("Subnet")).toBeFocused();
  await expect(form.getByLabel("Labels")).toHaveValue("team=shop");
  await form.getByLabel("Subnet").fill("");
  await form.getByRole("button", { name: "Create", exact: true }).click();
  await expect(form).toHaveCount(0);
  await expect(live.row("back")).toBeVisible();
  expect(await engine.docker("network", "inspect", "-f", "{{.Labels.team}}", "back")).toBe("shop");

  await go(page, "/images");
  await page.getByRole("button", { name: "Pull", exact: true }).click();
  await form.getByLabel("Image").fill("No Name");
  await form.getByRole("button", { name: "Pull", exact: true }).click();
  await expect(form.getByRole("alert")).toContainText("“No Name” is no image's name");
  await expect(form.getByLabel("Image")).toHaveValue("No Name");
});

test("several are removed by the server, which goes on without the page, and what failed is tried again", async ({
  live,
  engine,
}) => {
  const { page } = live;
  for (const name of ["a1", "a2", "a3"]) await engine.docker("volume", "create", name);
  await engine.docker("create", "--name", "holder", "-v", "a2:/data", "busybox:local", "true");
  await go(page, "/volumes");
  for (const name of ["a1", "a2", "a3"]) await live.row(name).getByRole("checkbox").click();
  await page.getByTestId("bulk-bar").getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByLabel("Type 3 to confirm").fill("3");
  await page.getByRole("dialog").getByRole("button", { name: "Remove 3 volumes" }).click();
  const job = page.locator('[data-job][data-state="done"]');
  await expect(job.getByTestId("job-text")).toHaveText("2 volumes removed, 1 failed");
  await page.reload();
  await job.getByRole("button", { name: "1 failure" }).click();
  // What to do comes first, and the engine's own words are not withheld.
  await expect(job.getByRole("list", { name: "Failures" })).toContainText(
    /The volume is in use: remove the containers that mount it.*Docker said: “.*volume is in use/,
  );
  await engine.docker("rm", "holder");
  await job.getByRole("button", { name: "Retry failed" }).click();
  await expect(page.getByRole("heading", { name: "No volumes yet" })).toBeVisible();
  await expect(page.locator("[data-job]")).toHaveCount(0);
});

test("who is attached to a network stands there with its address, and can be let go", async ({ live, engine }) => {
  const { page } = live;
  await go(page, "/networks");
  await engine.docker("network", "create", "--subnet", "10.213.7.0/24", "front");
  await expect(live.cell("front", "subnet")).toHaveText("10.213.7.0/24");
  await expect(live.cell("front", "attached")).toHaveText("nobody");
  await engine.start("web", "busybox:local", "sleep", "1000");
  await engine.docker("network", "connect", "--ip", "10.213.7.9", "front", "web");
  await expect(live.cell("front", "attached")).toHaveText("1");
  await live.row("front").getByRole("link").click();
  const endpoint = page.locator('[data-endpoint="web"]');
  await expect(endpoint).toContainText("10.213.7.9/24");
  await endpoint.getByRole("button", { name: "Disconnect web" }).click();
  await expect(page.getByText("No running container is attached.")).toBeVisible();
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await page.getByRole("dialog").getByLabel("Container").fill("web");
  await page.getByRole("dialog").getByRole("button", { name: "Connect" }).click();
  await expect(endpoint).toContainText("10.213.7.");
});

test("tags come and go with the engine's, and are given here", async ({ live, engine }) => {
  const { page } = live;
  await inARow(page, "g", "i");
  await expect(live.row("web:1.0")).toBeVisible();
  await engine.docker("tag", "web:1.0", "aaa/web:2");
  await expect(live.row("aaa/web:2")).toContainText("+1");
  // A dialog keeps the focus when the menu it came from has faded away, and gives it back to the row.
  await live.row("aaa/web:2").click({ button: "right" });
  await page.getByRole("menuitem", { name: "Tag…" }).click();
  const asked = page.getByRole("dialog");
  await expect(page.getByRole("menu")).toHaveCount(0);
  await expect(asked.locator(":focus")).toHaveCount(1);
  await page.waitForTimeout(300);
  await expect(asked.locator(":focus")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(asked).toHaveCount(0);
  await expect(live.row("aaa/web:2")).toBeFocused();
  await live.row("aaa/web:2").getByRole("link").click();
  await expect(page.getByTestId("layers").locator("tbody tr").first()).toBeVisible();
  await page.getByRole("button", { name: "Tag", exact: true }).click();
  await page.getByRole("dialog").getByLabel("New name").fill("aaa/web:3");
  await page.getByRole("dialog").getByRole("button", { name: "Tag" }).click();
  await expect(page.locator('[data-tag="aaa/web:3"]')).toBeVisible();
  await page.getByRole("button", { name: "Take away the tag aaa/web:3" }).click();
  await expect(page.locator('[data-tag="aaa/web:3"]')).toHaveCount(0);
  await engine.docker("rmi", "aaa/web:2");
  await expect(page.locator('[data-tag="aaa/web:2"]')).toHaveCount(0);
  expect(await engine.docker("images", "-q", "web:1.0")).not.toBe("");
});

test("what nothing uses is seen before it is pruned", async ({ live, engine }) => {
  const { page } = live;
  await engine.start("odd", "busybox:local", "sh", "-c", "echo odd > /odd");
  // Without a name from the beginning, as a build leaves them.
  const id = await engine.docker("commit", "odd");
  await engine.docker("rm", "-f", "odd");
  await go(page, "/images?q=is:dangling");
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole("button", { name: "Prune" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByTestId("prune-total")).toContainText("1 thing goes");
  await dialog.getByRole("button", { name: "Remove 1" }).click();
  await expect(page.getByRole("heading", { name: "No match" })).toBeVisible();
  await expect.poll(() => engine.docker("images", "-aq", "--no-trunc")).not.toContain(id);
});

test("a list is moved through, selected and filtered with the keyboard", async ({ live, engine }) => {
  const { page } = live;
  for (const name of ["one", "two", "ten"]) await engine.docker("volume", "create", name);
  await go(page, "/volumes");
  await expect(rows(page)).toHaveCount(3);
  await page.keyboard.press("/");
  await page.keyboard.type("t");
  await expect(rows(page)).toHaveCount(2);
  await expect(page).toHaveURL(/q=t$/);
  await page.keyboard.press("ArrowDown");
  await expect(live.row("ten")).toBeFocused();
  await page.keyboard.press("j");
  await expect(live.row("two")).toBeFocused();
  await page.keyboard.press("x");
  await expect(page.getByTestId("bulk-bar")).toContainText("1 selected");
  // Gone in another terminal: the focus is on its neighbour, and it is selected no more.
  await engine.docker("volume", "rm", "two");
  await expect(live.row("ten")).toBeFocused();
  await expect(page.getByTestId("bulk-bar")).toHaveCount(0);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/volumes\/ten$/);
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/volumes\?q=t$/);
  await expect(page.getByLabel("Filter volumes")).toHaveValue("t");
  await expect(live.row("ten")).toBeFocused();
  // A long list is where it was, however one comes back.
  const many = Array.from({ length: 40 }, (_, i) => engine.docker("volume", "create", `s${10 + i}`));
  await Promise.all(many);
  await page.getByLabel("Filter volumes").fill("");
  await expect(page.getByText("42 volumes")).toBeVisible();
  await live.row("one").focus();
  await page.keyboard.press("End");
  await expect(live.row("ten")).toBeFocused();
  for (let i = 0; i < 5; i++) await page.keyboard.press("k");
  await expect(live.row("s45")).toBeFocused();
  const top = () => page.getByRole("grid").evaluate((grid) => grid.scrollTop);
  const before = await atRest(page.getByRole("grid"));
  expect(before).toBeGreaterThan(0);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "s45", level: 1 })).toBeVisible();
  await page.getByRole("navigation", { name: "Where you are" }).getByRole("link").click();
  await expect(live.row("s45")).toBeFocused();
  await expect.poll(top).toBe(before);
});

test("a project is stopped as a whole, and removed with its networks", async ({ live, engine }) => {
  const { page } = live;
  const label = "com.docker.compose.project=shop";
  await engine.docker("network", "create", "--label", label, "shop_front");
  for (const service of ["web", "db"]) {
    await engine.start(
      `shop-${service}-1`,
      ...["--label", label, "--label", `com.docker.compose.service=${service}`, "--network", "shop_front"],
      ...["--stop-signal", "KILL", "busybox:local", "sleep", "1000"],
    );
  }
  await go(page, "/projects");
  await expect(live.cell("shop", "state")).toHaveText("running");
  await expect(live.cell("shop", "memTotal")).toContainText("iB");
  await live.row("shop").getByRole("link").click();
  await expect(page.getByTestId("services")).toContainText("shop-web-1");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  const project = page.getByRole("region", { name: "Project shop" });
  await expect(project.locator("header")).toContainText(/stopped|failed/i);
  await expect.poll(() => engine.docker("ps", "-q")).toBe("");
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(page.getByRole("heading", { name: "No such project" })).toBeVisible();
  expect(await engine.docker("ps", "-aq")).toBe("");
  expect(await engine.docker("network", "ls", "--format", "{{.Name}}")).not.toContain("shop_front");
});

test("the system's page says what the engine is and keeps", async ({ live, engine }) => {
  const { page } = live;
  await go(page, "/system");
  await expect(page.locator('[data-fact="Storage driver"]')).toContainText(
    await engine.docker("info", "-f", "{{.Driver}}"),
  );
  await page.getByRole("button", { name: "Measure sizes now" }).click();
  await expect(page.locator('[data-disk="images"]')).toContainText("MiB");
  await page.setViewportSize({ width: 390, height: 844 });
  const date = page.getByTestId("sizes").getByText(/^Sizes /);
  await expect.poll(async () => (await date.boundingBox())?.width, "how old the sizes are").toBeGreaterThan(20);
});

for (const scheme of ["light", "dark"] as const) {
  test(`axe finds nothing in the pages of what else there is, ${scheme}`, async ({ live, engine }) => {
    const { page } = live;
    await page.emulateMedia({ colorScheme: scheme });
    await engine.docker("volume", "create", "--label", "com.docker.compose.project=shop", "shop_data");
    await engine.docker("network", "create", "--internal", "inner");
    await engine.start(
      "shop-web-1",
      ...["--label", "com.docker.compose.project=shop", "--label", "com.docker.compose.service=web"],
      ...["--network", "inner", "-v", "shop_data:/data", "web:1.0", "sleep", "1000"],
    );
    for (const path of ["/images", "/volumes", "/networks", "/projects"]) {
      await go(page, path);
      await expect(rows(page).first()).toBeVisible();
      await accessible(page, path);
      await rows(page).first().getByRole("link").click();
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await page.waitForTimeout(300);
      await accessible(page, `one of ${path}`);
    }
    await go(page, "/system");
    await expect(page.getByTestId("disk")).toBeVisible();
    await accessible(page, "/system");
    await go(page, "/images");
    await page.getByRole("button", { name: "Pull", exact: true }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await accessible(page, "the pull's dialog");
  });
}
