import { Engine } from "./support/engine.ts";
import { Server } from "./support/server.ts";
import { expect, Live, test } from "./support/test.ts";

const forever = ["busybox:local", "sh", "-c", "while :; do sleep 1; done"];

test("the server dies and comes back: the pill says so, the rows stay, nothing is reloaded", async ({
  engine,
  page,
}) => {
  await engine.start("survivor", ...forever);
  let server = await Server.start(["--host", engine.host]);
  const live = new Live(page);
  await page.goto(server.url);
  await live.hasState("survivor", "running");

  await server.stop("SIGKILL", true);
  await expect(live.pill).toHaveAttribute("data-state", /reconnecting|connecting/);
  await expect(live.row("survivor")).toBeVisible();
  await engine.docker("pause", "survivor");

  server = await Server.start(["--host", engine.host], server.listen, server.directory);
  await expect(live.pill).toHaveAttribute("data-state", /live|slow/);
  await live.hasState("survivor", "paused");
  await server.stop();
});

test("a frozen server is noticed without an error from the network", async ({ live, server }) => {
  server.signal("SIGSTOP");
  await expect(live.pill).toHaveAttribute("data-state", /reconnecting|connecting/);
  server.signal("SIGCONT");
  await expect(live.pill).toHaveAttribute("data-state", /live|slow/);
});

test.describe("an engine of its own", () => {
  let engine: Engine;
  let server: Server;
  test.beforeEach(async () => {
    engine = await Engine.up(`e2e-faults-${process.pid}`);
    server = await Server.start(["--host", engine.host]);
  });
  test.afterEach(async () => {
    await server.stop();
    await engine.down();
  });

  test("frozen, dead and back with other containers: the engine's state, never the link's", async ({ page }) => {
    await engine.start("before", ...forever);
    const live = new Live(page);
    await page.goto(server.url);
    await live.hasState("before", "running");

    await engine.freeze();
    await expect(live.pill).toHaveAttribute("data-state", "engine-down");
    await expect(live.pill).toContainText(/Docker unreachable/);
    await expect(live.row("before"), "what is known stays on the screen").toBeVisible();
    await page.waitForTimeout(5_000);
    await engine.thaw();
    await expect(live.pill).toHaveAttribute("data-state", /live|slow/);

    await engine.kill();
    await expect(live.pill).toHaveAttribute("data-state", "engine-down");
    await engine.restart();
    await expect(live.pill).toHaveAttribute("data-state", /live|slow/);
    await live.hasState("before", "running");

    await engine.down();
    await expect(live.pill).toHaveAttribute("data-state", "engine-down");
    engine = await Engine.up(engine.name);
    await engine.start("after", ...forever);
    await live.hasState("after", "running");
    await expect(live.row("before"), "another engine's containers are gone").toHaveCount(0);
  });
});

test("without an engine nothing is counted, and nobody says that nothing has happened", async ({ page }) => {
  const server = await Server.start(["--host", "unix:///nowhere/docker.sock"]);
  try {
    const live = new Live(page);
    await page.goto(server.url);
    await expect(live.pill).toHaveAttribute("data-state", "engine-down");
    await expect(page.getByRole("heading", { name: "No engine answers" })).toBeVisible();
    await expect(page.getByText("/nowhere/docker.sock").first()).toBeVisible();
    await expect(page.getByTestId("shown")).toBeEmpty();
    await expect(page.getByTestId("feed")).toHaveText("Events show here once an engine answers.");
  } finally {
    await server.stop();
  }
});
