import type { WebSocketRoute } from "@playwright/test";
import { TcpProxy } from "../e2e/support/proxy.ts";
import { root, run } from "../e2e/support/run.ts";
import { Server } from "../e2e/support/server.ts";
import { Camera, SIZES, type Size } from "./camera.ts";
import { expect, test } from "./stage.ts";

test("the connection, as the pill and its popover tell it", async ({ stage }) => {
  const proxy = await TcpProxy.start(stage.server.listen);
  const popover = async ({ page, pill }: Camera) => {
    await pill.click();
    await expect(page.getByRole("dialog")).toBeVisible();
  };
  try {
    for (const camera of stage.patient.table) {
      await popover(camera);
      await camera.snap("popover");
      await camera.page.getByRole("button", { name: "Disconnect" }).click();
      await camera.page.keyboard.press("Escape");
      await expect(camera.pill).toHaveAttribute("data-state", "closed");
      await camera.snap("disconnected");
    }

    // The rest happens to both pages at once: the proxy is one.
    const cameras = [await stage.through(proxy.origin, "wide"), await stage.through(proxy.origin, "narrow")];
    const both = (script: (camera: Camera) => Promise<void>) => Promise.all(cameras.map(script));
    proxy.delay(350);
    await both(async (camera) => {
      await expect(camera.pill).toHaveAttribute("data-state", "slow", { timeout: 30_000 });
      await popover(camera);
      await camera.snap("popover-slow");
      await camera.page.keyboard.press("Escape");
    });
    proxy.delay(0);
    proxy.refuse(true);
    await both(async (camera) => {
      await expect(camera.pill).toHaveAttribute("data-state", "reconnecting", { timeout: 20_000 });
      await expect(camera.pill).toContainText(/in [2-9] s/, { timeout: 20_000 });
      await camera.snap("reconnecting");
    });
    // Freshness: what is older than half a minute says so.
    await both(async (camera) => {
      await camera.page.context().setOffline(true);
      await expect(camera.pill).toHaveAttribute("data-state", "offline", { timeout: 20_000 });
      await camera.page.waitForTimeout(2_000);
      await camera.snap("offline");
    });
    proxy.blockUpgrades(true);
    proxy.refuse(false);
    await both(async (camera) => {
      await camera.page.context().setOffline(false);
      await expect(camera.pill).toHaveAttribute("data-state", "polling", { timeout: 30_000 });
      await popover(camera);
      await camera.snap("polling");
      await camera.page.getByRole("button", { name: /^Trouble log/ }).click();
      await expect(camera.page.getByRole("dialog", { name: "Trouble log" })).toBeVisible();
      await camera.snap("trouble");
      await camera.page.context().close();
    });
  } finally {
    await proxy.close();
  }
});

test("who is not signed in, and the demo", async ({ stage, browser }) => {
  const demo = await Server.start(["--demo", "--demo-containers", "200"]);
  const stranger = async (size: Size) => {
    const context = await browser.newContext({ viewport: SIZES[size], locale: "en-GB" });
    const camera = new Camera(await context.newPage(), stage.server.origin, size);
    const { page } = camera;
    await page.goto(camera.origin);
    await expect(page.getByRole("heading", { name: /Sign in/ })).toBeVisible();
    await camera.snap("sign-in");
    await page.getByLabel(/token/i).fill("wrong");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("alert")).toBeVisible();
    await camera.snap("sign-in-refused");
    await context.close();
  };
  try {
    await Promise.all([stranger("wide"), stranger("narrow")]);
    const context = await browser.newContext({ viewport: SIZES.wide, locale: "en-GB" });
    const wide = new Camera(await context.newPage(), demo.origin, "wide");
    await wide.page.goto(demo.url);
    await wide.isLive();
    const narrow = await context.newPage();
    await narrow.setViewportSize(SIZES.narrow);
    await narrow.goto(demo.origin);
    for (const camera of [wide, new Camera(narrow, demo.origin, "narrow")]) {
      await camera.isLive();
      await camera.page.waitForTimeout(2_000);
      await camera.snap("demo");
    }
    await context.close();
  } finally {
    await demo.stop();
  }
});

test("a viewer, a page that is too old, and an engine that may not be asked", async ({ stage, browser, engine }) => {
  const NOBODY = 65_534;
  const denied = await Server.start(["--host", engine.host], "127.0.0.1:0", undefined, NOBODY);
  const looker = await run(`${root}/bin/quaywatch`, [
    ...["token", "create", "looker", "--role", "viewer", "--data-dir", stage.server.directory],
  ]);
  const token = /qw_[a-z0-9]+/.exec(looker)?.[0] ?? "";
  const link = new URL(denied.url).hash;
  const sessions = await browser.newContext();
  await sessions.newPage().then((page) => page.goto(denied.origin + link));
  try {
    for (const size of Object.keys(SIZES) as Size[]) {
      const context = await browser.newContext({ viewport: SIZES[size], locale: "en-GB" });
      const viewer = new Camera(await context.newPage(), stage.server.origin, size);
      await viewer.open(`/#token=${token}`);
      await viewer.row("shop-web-1").click({ button: "right" });
      await expect(viewer.page.getByRole("menu")).toBeVisible();
      await viewer.snap("viewer-menu");
      await viewer.page.keyboard.press("Escape");
      await viewer.go("/containers/shop-api-1");
      await expect(viewer.page.locator("[data-shown=there]")).toBeVisible();
      await viewer.snap("viewer-container");
      await context.close();
    }
    await stage.each(tooOld);
    for (const size of Object.keys(SIZES) as Size[]) {
      const page = await sessions.newPage();
      await page.setViewportSize(SIZES[size]);
      const camera = new Camera(page, denied.origin, size);
      await page.goto(camera.origin);
      await expect(page.getByText(/may not open/)).toBeVisible({ timeout: 20_000 });
      await camera.snap("permission-denied");
    }
  } finally {
    await sessions.close();
    await denied.stop();
  }
});

/** The server was updated, and speaks what this page does not. */
async function tooOld(camera: Camera): Promise<void> {
  const sockets: WebSocketRoute[] = [];
  await camera.page.routeWebSocket(/\/api\/v1\/stream/, (socket) => {
    socket.connectToServer();
    sockets.push(socket);
  });
  await camera.open("/");
  await expect(camera.cell("shop-web-1", "cpu")).toContainText(/\d/);
  for (const socket of sockets) await socket.close({ code: 4406, reason: "this page speaks version 0" });
  await expect(camera.pill).toHaveAttribute("data-state", "update");
  await camera.snap("update");
}

// At the end of all: the engine does not come back.
test("an engine that does not answer", async ({ stage, engine }) => {
  const cameras = await Promise.all([stage.camera("wide"), stage.camera("narrow")]);
  for (const camera of cameras) {
    await camera.open("/");
    await expect(camera.cell("shop-web-1", "cpu")).toContainText(/\d/);
  }
  await engine.kill();
  await Promise.all(
    cameras.map(async (camera) => {
      const { page } = camera;
      await expect(camera.pill).toHaveAttribute("data-state", "engine-down", { timeout: 15_000 });
      await page.waitForTimeout(6_000);
      await camera.snap("engine-down");
      await camera.row("shop-web-1").click({ button: "right" });
      await camera.snap("engine-down-menu");
      await page.keyboard.press("Escape");
      await camera.go("/containers/shop-api-1");
      await expect(page.locator("[data-shown=there]")).toBeVisible();
      await camera.snap("engine-down-container");
      await page.context().close();
    }),
  );
});
