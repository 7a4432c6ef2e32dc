import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { Engine } from "../e2e/support/engine.ts";
import { selfSigned } from "../e2e/support/nginx.ts";
import { TcpProxy } from "../e2e/support/proxy.ts";
import { Server } from "../e2e/support/server.ts";
import { Desktop } from "./support/desktop.ts";

const UP = /^(live|slow)$/;

// A server that the app doesn't own, behind a network that lets no WebSocket
// through for a while.
test("another server: asked through the app, polled while its WebSocket is blocked, and back", async () => {
  const engine = Engine.at(process.env.QUAYWATCH_E2E_ENGINE ?? "", process.env.QUAYWATCH_E2E_HOST ?? "");
  await engine.start("far", "busybox:local", "sleep", "1000");
  const server = await Server.start(["--host", engine.host]);
  const proxy = await TcpProxy.start(server.listen);
  const app = await Desktop.start({ DOCKER_HOST: "unix:///nonexistent.sock" });
  try {
    await expect.poll(app.pill).toBe("engine-down");
    const [own] = await app.servers();
    const token = (await readFile(`${server.directory}/token`, "utf8")).trim();
    // As the form sends them.
    await app.invoke("remote_token_set", { url: proxy.origin, token });
    await app.invoke("target_set", { target: { kind: "remote", url: proxy.origin } });
    await expect.poll(app.pill).toMatch(UP);
    await expect.poll(() => app.row("far")).toBe("running");
    expect(await app.status()).toMatchObject({ target: { kind: "remote", url: proxy.origin }, token });
    const running = (await app.servers()).map((s) => s.pid);
    expect(running, "its own server is ended").toHaveLength(1);
    expect(running).not.toContain(own?.pid);

    proxy.blockUpgrades(true);
    proxy.cut();
    await expect.poll(app.pill).toBe("polling");
    await engine.docker("pause", "far");
    await expect.poll(() => app.row("far")).toBe("paused");
    proxy.blockUpgrades(false);
    await expect.poll(app.pill).toMatch(UP);
    await engine.docker("unpause", "far");
    await expect.poll(() => app.row("far")).toBe("running");
  } finally {
    await app.stop();
    await server.stop();
    await engine.removeAll();
  }
});

test("another server over TLS: its certificate is checked", async () => {
  const directory = await mkdtemp(join(tmpdir(), "quaywatch-tls-"));
  const engine = Engine.at(process.env.QUAYWATCH_E2E_ENGINE ?? "", process.env.QUAYWATCH_E2E_HOST ?? "");
  await engine.start("tls", "busybox:local", "sleep", "1000");
  const { certificate, key } = await selfSigned("localhost", directory);
  const server = await Server.start(["--host", engine.host, "--tls-cert", certificate, "--tls-key", key]);
  const url = `https://localhost:${server.listen.split(":").at(-1)}`;
  const token = (await readFile(`${server.directory}/token`, "utf8")).trim();
  try {
    // Once by an app that knows the certificate, and once by one that does not.
    for (const known of [true, false]) {
      const app = await Desktop.start({
        DOCKER_HOST: "unix:///nonexistent.sock",
        ...(known ? { SSL_CERT_FILE: certificate } : {}),
      });
      try {
        await expect.poll(app.pill).toBe("engine-down");
        await app.invoke("remote_token_set", { url, token });
        await app.invoke("target_set", { target: { kind: "remote", url } });
        if (known) {
          await expect.poll(app.pill).toMatch(UP);
          await expect.poll(() => app.row("tls")).toBe("running");
          expect(await app.status()).toMatchObject({ target: { kind: "remote", url } });
        } else {
          const said = async () => (await app.status()).lines.join("\n");
          await expect.poll(said).toContain("certificate");
          expect(await app.pill()).not.toMatch(UP);
        }
      } finally {
        await app.stop();
      }
    }
  } finally {
    await server.stop();
    await engine.removeAll();
    await rm(directory, { recursive: true });
  }
});
