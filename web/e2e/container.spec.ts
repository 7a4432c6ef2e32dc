import type { Page } from "@playwright/test";
import type { Engine } from "./support/engine.ts";
import { expect, type Live, test } from "./support/test.ts";

// Without a network: each one made or removed changes the host's interfaces, and
// Chromium then drops what it is just fetching (ERR_NETWORK_CHANGED).
const image = ["--network", "none", "busybox:local"] as const;
const forever = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"];
const stubborn = ["sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"];

/** Opens a container's own view, as a link to it would. */
async function open(page: Page, live: Live, name: string, tab = ""): Promise<void> {
  await page.goto(new URL(`/containers/${name}${tab && `/${tab}`}`, page.url()).href);
  await live.isLive();
  await expect(page.locator("[data-shown=there]")).toBeVisible();
}

/** What the engine itself says of a container. */
async function inspect(engine: Engine, name: string) {
  const [doc] = JSON.parse(await engine.docker("inspect", name));
  return doc;
}

/** The why line of the newest event of an action. */
function why(page: Page, action: string) {
  return page.getByTestId("container-events").locator(`[data-event="${action}"]`).first().locator("[data-why]");
}

test("the overview says what docker inspect says", async ({ engine, live, page }) => {
  await engine.docker("network", "create", "front");
  try {
    await engine.start(
      "web-1",
      ...[
        "--network",
        "front",
        "-p",
        "127.0.0.1:18099:80",
        "--expose",
        "9000",
        "-v",
        "stuff:/data",
        "-v",
        "/tmp:/host:ro",
      ],
      ...["--cpus", "0.5", "--memory", "64m", "--restart", "on-failure:5", "--hostname", "harbour", "--user", "0"],
      ...[
        "--label",
        "com.docker.compose.project=shop",
        "--label",
        "com.docker.compose.service=web",
        "--label",
        "team=core",
      ],
      ...["--health-cmd", "echo fine", "--health-interval", "1s"],
      ...["busybox:local", ...forever],
    );
    await page.waitForTimeout(1_500);
    await open(page, live, "web-1");
    const overview = page.getByTestId("overview");
    await expect(overview).toHaveAttribute("data-inspected", "true");
    const truth = await inspect(engine, "web-1");
    const fact = (name: string) => overview.locator(`[data-fact="${name}"] dd`);

    await expect(page).toHaveTitle(/web-1/);
    await expect(fact("Image")).toContainText(truth.Config.Image);
    await expect(fact("Container id")).toContainText(truth.Id.slice(0, 12));
    await expect(fact("Image id")).toContainText(truth.Image.replace("sha256:", "").slice(0, 12));
    await expect(fact("Command")).toContainText("while :; do sleep 0.1; done");
    await expect(fact("Hostname")).toContainText("harbour");
    await expect(fact("Process")).toContainText(String(truth.State.Pid));
    await expect(fact("Restart policy")).toContainText("on failure, 5 times at most");
    await expect(fact("CPU")).toContainText("0.5 cores");
    await expect(fact("Memory").first()).toContainText("64.0 MiB");
    await expect(fact("front")).toContainText(truth.NetworkSettings.Networks.front.IPAddress);
    const started = overview.locator('[data-fact="Started"] time');
    expect(Date.parse((await started.getAttribute("datetime")) ?? "")).toBe(
      Date.parse(`${truth.State.StartedAt.slice(0, 23)}Z`),
    );

    await expect(overview.getByRole("link", { name: /18099/ })).toHaveAttribute("href", "http://127.0.0.1:18099/");
    await expect(overview).toContainText("9000/tcp");
    await expect(overview.locator('[data-mount="/data"]')).toContainText("volume, read and write");
    await expect(overview.locator('[data-mount="/data"]')).toContainText("stuff");
    // What it is made of, mounts and is attached to has pages of its own.
    const leads = (where: string) => overview.locator(where).getByRole("link").first();
    await expect(leads('[data-mount="/data"]')).toHaveAttribute("href", "/volumes/stuff");
    await expect(leads('[data-fact="front"]')).toHaveAttribute("href", "/networks/front");
    const image = `/images/${truth.Image.replace("sha256:", "").slice(0, 12)}`;
    await expect(leads('[data-fact="Image id"]')).toHaveAttribute("href", image);
    await expect(overview.locator('[data-mount="/host"]')).toContainText("bind, read only");
    await expect(overview.locator('[data-label="team"]')).toContainText("core");
    await expect(overview.getByRole("link", { name: "shop" })).toBeVisible();

    // The health log comes with the verdict: the document is read anew when the container changes.
    await expect(page.getByText("Healthy").first()).toBeVisible();
    const check = overview.locator("[data-check]").first();
    await expect(check).toContainText("passed");
    await expect(check).toContainText("fine");
    await expect(page.getByTestId("figures")).toContainText(
      /CPU [\d.]+ % of one core · memory [\d.]+ .?i?B of 64\.0 MiB/,
    );

    await engine.start("rider", "--network", "container:web-1", "busybox:local", ...forever);
    await open(page, live, "rider");
    const networks = overview.getByRole("region", { name: "Networks" });
    await expect(networks).toContainText("That of container web-1");
    await networks.getByRole("link", { name: "web-1" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "web-1" })).toBeVisible();
  } finally {
    await engine.removeAll();
    await engine.docker("network", "rm", "front");
    await engine.docker("volume", "rm", "-f", "stuff");
  }
});

test("the environment is masked until it is revealed, and masked again when one comes back", async ({
  engine,
  live,
  page,
}) => {
  await engine.start("secret", "-e", "DB_PASSWORD=hunter2-in-the-dark", "-e", "PLAIN=daylight", ...image, ...forever);
  await open(page, live, "secret");
  const value = page.locator('[data-env="DB_PASSWORD"]');
  await expect(value).toContainText("••••");
  expect(await page.content()).not.toContain("hunter2");

  await value.getByRole("button", { name: "Reveal DB_PASSWORD" }).click();
  await expect(value).toContainText("hunter2-in-the-dark");
  await expect(page.locator('[data-env="PLAIN"]')).not.toContainText("daylight");
  await value.getByRole("button", { name: "Hide DB_PASSWORD" }).click();
  await expect(value).not.toContainText("hunter2");

  await page.getByRole("button", { name: "Reveal all" }).click();
  await expect(page.locator('[data-env="PLAIN"]')).toContainText("daylight");

  await page.getByRole("link", { name: "Inspect" }).click();
  await expect(page.getByRole("tree")).toBeVisible();
  await page.getByRole("button", { name: "Open all" }).click();
  await page.getByRole("searchbox", { name: "Search names and values" }).fill("DB_PASSWORD");
  await expect(page.getByRole("tree")).toContainText("DB_PASSWORD=••••");
  expect(await page.content()).not.toContain("hunter2");
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(value).toContainText("••••");
  expect(await page.content()).not.toContain("hunter2");
});

test("why it changed: a client elsewhere, you, its own end, its policy", async ({ engine, live, page }) => {
  await engine.start("stopped", ...image, ...forever);
  await open(page, live, "stopped", "events");
  await engine.docker("stop", "stopped");
  await expect(why(page, "die")).toHaveAttribute("data-why", "elsewhere");
  await expect(why(page, "die")).toContainText(/Stopped by a client elsewhere.*SIGTERM/);

  await page.getByRole("button", { name: "Start", exact: true }).click();
  await expect(why(page, "start")).toHaveAttribute("data-why", "you");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(why(page, "die")).toHaveAttribute("data-why", "you");
  await expect(why(page, "die")).toContainText("Stopped by you, here");

  await engine.start("flaky", "--restart", "on-failure:1", ...image, "sh", "-c", "sleep 3; exit 3");
  await open(page, live, "flaky", "events");
  await expect(why(page, "start")).toHaveAttribute("data-why", "policy");
  await expect(why(page, "die")).toHaveAttribute("data-why", "own");
  await expect(why(page, "die")).toContainText("exit code 3");
});

test("exit codes 137 and 143 say what they mean, and an OOM kill that it was one", async ({ engine, live, page }) => {
  await engine.start("asked", ...image, "sh", "-c", "trap 'exit 143' TERM; while :; do sleep 0.1; done");
  await engine.start("forced", ...image, ...stubborn);
  await engine.docker("stop", "asked");
  await engine.docker("stop", "-t", "1", "forced");
  await open(page, live, "asked");
  await expect(page.locator('[data-exit="143"]')).toContainText(/SIGTERM/);
  await open(page, live, "forced");
  await expect(page.locator('[data-exit="137"]')).toContainText(/SIGKILL.*docker kill/);

  await engine.start("hungry", "--memory", "16m", ...image, "sh", "-c", "sleep 1; tail /dev/zero");
  await open(page, live, "hungry");
  await expect(page.locator('[data-exit="137"]')).toContainText(/out of memory.*more memory/);
  await page
    .getByRole("navigation", { name: /^Parts of/ })
    .getByRole("link", { name: "Events" })
    .click();
  await expect(why(page, "die")).toHaveAttribute("data-why", "oom");
});

test("a container that is removed while one looks stays, with a way to its successor", async ({
  engine,
  live,
  page,
}) => {
  await engine.start("phoenix", ...image, ...forever);
  await open(page, live, "phoenix");
  await expect(page.getByTestId("overview")).toHaveAttribute("data-inspected", "true");
  await engine.docker("rm", "-f", "phoenix");
  const gone = page.getByTestId("gone");
  await expect(gone).toContainText(/Removed at \d\d:\d\d:\d\d · last known/);
  await expect(page.getByTestId("overview")).toContainText("while :; do sleep 0.1; done");
  await expect(page.getByRole("button", { name: "Stop", exact: true })).toHaveCount(0);

  const id = await engine.start("phoenix", ...image, ...forever);
  await gone.getByRole("link", { name: "There is a new phoenix" }).click();
  await expect(gone).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(id.slice(0, 12)));
  await expect(page.getByRole("button", { name: "Stop", exact: true })).toBeVisible();
});

test("an address that names nobody says so and searches", async ({ live, page }) => {
  await page.goto(new URL("/containers/nobody", page.url()).href);
  await live.isLive();
  await expect(page.getByRole("heading", { name: "No such container" })).toBeVisible();
  await page.getByRole("link", { name: /Search for/ }).click();
  await expect(page.getByRole("combobox", { name: "Filter containers" })).toHaveValue("nobody");
});

test("each part has an address, and the inspect tree is walked by keyboard", async ({ engine, live, page }) => {
  const id = await engine.start("walker", "--label", "needle=haystack", ...image, ...forever);
  await open(page, live, id.slice(0, 6));
  await page.getByRole("link", { name: "Inspect" }).click();
  await expect(page).toHaveURL(new RegExp(`/containers/${id.slice(0, 12)}/inspect$`));
  await expect(page.getByRole("link", { name: "Inspect" })).toHaveAttribute("aria-current", "page");

  const tree = page.getByRole("tree");
  const current = () =>
    tree.evaluate((el) => document.getElementById(el.getAttribute("aria-activedescendant") ?? "")?.dataset.path);
  const search = page.getByRole("searchbox", { name: "Search names and values" });
  await search.fill("haystack");
  await expect(page.getByTestId("found")).toHaveText("1 of 1");
  await expect.poll(current).toBe('["Config","Labels","needle"]');
  await expect(tree.locator("mark")).toHaveText("haystack");

  await tree.focus();
  await page.keyboard.press("ArrowLeft");
  await expect.poll(current).toBe('["Config","Labels"]');
  await page.keyboard.press("ArrowLeft");
  await expect(tree.locator("mark")).toHaveCount(0);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect.poll(current).toBe('["Config","Labels","needle"]');
  await page.keyboard.press("Home");
  await expect.poll(current).not.toBe('["Config","Labels","needle"]');
  const first = await current();
  await page.keyboard.press("ArrowUp");
  await expect.poll(current).toBe(first);
});
