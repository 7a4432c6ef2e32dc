import { expect, test } from "@playwright/test";
import { Engine } from "../e2e/support/engine.ts";
import { TcpProxy } from "../e2e/support/proxy.ts";
import { Server } from "../e2e/support/server.ts";
import { Desktop } from "./support/desktop.ts";

const UP = /^(live|slow)$/;

// A server that the app doesn't own, behind a network that lets no WebSocket
// through for a while.
test("another server: asked through the app, polled while its WebSocket is blocked, and back", async () => {
  test.setTimeout(150_000);
  const engine = Engine.at(process.env.QUAYWATCH_E2E_ENGINE ?? "", process.env.QUAYWATCH_E2E_HOST ?? "");
  await engine.start("far", "busybox:local", "sleep", "1000");
  const server = await Server.start(["--host", engine.host]);
  const proxy = await TcpProxy.start(server.listen);
  const app = await Desktop.start({ DOCKER_HOST: "unix:///nonexistent.sock" });
  try {
    await expect.poll(app.pill).toBe("engine-down");
    const { readFile } = await import("node:fs/promises");
    const token = (await readFile(`${server.directory}/token`, "utf8")).trim();
    // As the form sends them.
    await app.invoke("remote_token_set", { url: proxy.origin, token });
    await app.invoke("target_set", { target: { kind: "remote", url: proxy.origin } });
    await expect.poll(app.pill, { timeout: 30_000 }).toMatch(UP);
    await expect.poll(() => app.row("far")).toBe("running");
    expect(await app.status()).toMatchObject({ remote: proxy.origin, token });
    await expect.poll(async () => (await app.servers()).length, { message: "its own server is ended" }).toBe(0);

    proxy.blockUpgrades(true);
    proxy.cut();
    await expect.poll(app.pill, { timeout: 40_000 }).toBe("polling");
    await engine.docker("pause", "far");
    await expect.poll(() => app.row("far")).toBe("paused");
    proxy.blockUpgrades(false);
    await expect.poll(app.pill, { timeout: 60_000 }).toMatch(UP);
    await engine.docker("unpause", "far");
    await expect.poll(() => app.row("far")).toBe("running");
  } finally {
    await app.stop();
    await server.stop();
    await engine.removeAll();
  }
});
