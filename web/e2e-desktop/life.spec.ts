import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { Engine } from "../e2e/support/engine.ts";
import { Desktop } from "./support/desktop.ts";

const UP = /^(live|slow)$/;
let engine: Engine;

test.beforeAll(async () => {
  engine = Engine.at(process.env.QUAYWATCH_E2E_ENGINE ?? "", process.env.QUAYWATCH_E2E_HOST ?? "");
  await engine.start("web", "busybox:local", "sleep", "1000");
});

test.afterAll(() => engine.removeAll());

/** Runs a test with an app of its own. */
async function withApp(run: (app: Desktop) => Promise<void>, env: Record<string, string> = {}, args: string[] = []) {
  const app = await Desktop.start({ DOCKER_HOST: engine.host, ...env }, args);
  try {
    await expect.poll(app.pill).toMatch(UP);
    await run(app);
  } finally {
    await app.stop();
  }
}

test("closing asks once; in the tray it goes on watching, and a second start shows the window", () =>
  withApp(async (app) => {
    const [server] = await app.servers();
    await app.close();
    await expect.poll(() => app.text("[data-close-question]")).toContain("Keep watching");
    expect(await app.visible()).toBe(true);
    await app.click("[data-close-question] button", "Keep watching");
    await expect.poll(() => app.visible()).toBe(false);
    // It watches on: rows wait until somebody sees them, but trouble is told.
    await engine.docker("run", "-d", "--restart", "always", "--name", "loop", "busybox:local", "false");
    await expect.poll(() => app.script<string>("return document.title")).toContain("1 restarting");
    expect(await app.again()).toBe(0);
    await expect.poll(() => app.visible()).toBe(true);
    await expect.poll(() => app.row("loop")).toBe("restarting");
    await engine.docker("rm", "-f", "loop");
    expect((await app.apps()).length).toBe(1);
    expect((await app.servers()).map((s) => s.pid)).toEqual([server?.pid]);
    // Remembered: no question this time.
    await app.close();
    await expect.poll(() => app.visible()).toBe(false);
    expect(await app.text("[data-close-question]")).toBe("");
    // A link shows the window and opens the container.
    expect(await app.again("quaywatch://container/web")).toBe(0);
    await expect.poll(() => app.visible()).toBe(true);
    await expect.poll(() => app.script<string>("return location.pathname")).toMatch(/^\/containers\/.+/);
    await expect.poll(() => app.text("main")).toContain("web");
    // Quit ends everything.
    await app.go("/settings");
    await expect.poll(() => app.choose("Closing the window", "Quit")).toBe(true);
    await app.close();
    await expect.poll(async () => [...(await app.apps()), ...(await app.servers())].length).toBe(0);
  }));

test("a link starts the app on its container", () =>
  withApp(
    async (app) => {
      await expect.poll(() => app.script<string>("return location.pathname")).toMatch(/^\/containers\/.+/);
      await expect.poll(() => app.text("main")).toContain("web");
    },
    {},
    ["quaywatch://container/web"],
  ));

test("kill -9 of the app leaves no process", () =>
  withApp(async (app) => {
    const { pid } = await app.app();
    expect((await app.servers()).length).toBe(1);
    process.kill(pid, "SIGKILL");
    await expect.poll(async () => (await app.servers()).length).toBe(0);
    await expect
      .poll(
        async () =>
          (await app.processes()).filter((p) => /quaywatch|WebKit(Web|Network)Process/.test(p.program)).length,
      )
      .toBe(0);
  }));

test("a page that hangs does not keep the window: closing twice quits", () =>
  withApp(async (app) => {
    const page = (await app.processes()).find((p) => p.program === "WebKitWebProcess");
    process.kill(page?.pid as number, "SIGSTOP");
    await app.close();
    await expect.poll(() => app.visible()).toBe(true);
    // Within three seconds, which a machine that stalls may need another try for.
    const left = async () => [...(await app.apps()), ...(await app.servers())].length;
    await expect(async () => {
      for (let i = 0; i < 2; i++) await app.close().catch(() => undefined); // there is none any more
      await expect.poll(left, { timeout: 10_000 }).toBe(0);
    }).toPass();
  }));

test("under the C locale it is live", () =>
  withApp(
    async (app) => {
      await expect.poll(() => app.row("web")).toBe("running");
      await app.script(
        `document.querySelector('[data-key][data-name="web"]').dispatchEvent(new MouseEvent("dblclick", { bubbles: true }))`,
      );
    },
    { LANG: "C", LC_ALL: "C" },
  ));

test("a server that doesn't stay up is given up after five restarts, with its last lines", () =>
  withApp(async (app) => {
    // A context that is not there: each start ends with a sentence.
    await app.invoke("target_set", { target: { kind: "context", name: "nowhere" } });
    await expect.poll(() => app.text("[data-server-failed]")).toContain("nowhere");
    const status = await app.status();
    expect(status).toMatchObject({ state: "failed", restarts: 5, url: null, token: null });
    expect((await app.servers()).length).toBe(0);
    await app.screenshot("test-results/desktop-failed.png");
    // Trying again does not help here; another target does.
    await app.click("[data-server-failed] button", "Try again");
    await expect.poll(async () => (await app.status()).state).not.toBe("failed");
    await expect.poll(async () => (await app.status()).state).toBe("failed");
    await app.click("[data-server-failed] button", "Watch the engine that docker uses");
    await expect.poll(app.pill).toMatch(UP);
    await expect.poll(() => app.row("web")).toBe("running");
  }));

test("what is watched and where tokens are is kept for the user alone", () =>
  withApp(async (app) => {
    expect(await app.invoke<string>("contexts")).toContain('"name":"default"');
    const kept = await app.invoke<string>("remote_token_set", { url: "https://example.org", token: "secret" });
    // No key store runs beside this app.
    expect(kept).toBe("file");
    const mode = async (file: string) =>
      (await stat(join(app.home, ".config/io.github.quaywatch.desktop", file))).mode & 0o777;
    expect(await mode("tokens.json")).toBe(0o600);
    await app.invoke("target_set", { target: { kind: "demo" } });
    expect(await mode("target.json")).toBe(0o600);
    await expect.poll(app.pill).toMatch(UP);
    await app.reload();
    await expect.poll(app.pill).toMatch(UP);
    expect((await app.status()).target).toEqual({ kind: "demo" });
  }));
