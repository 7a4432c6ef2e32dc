import { writeFile } from "node:fs/promises";
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
    await app.invoke("settings_set", {
      settings: { ...(await app.invoke<object>("settings_get")), closeToTray: "quit" },
    });
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
    await expect.poll(async () => (await app.servers()).length, { timeout: 5_000 }).toBe(0);
    await expect
      .poll(
        async () =>
          (await app.processes()).filter((p) => /quaywatch|WebKit(Web|Network)Process/.test(p.program)).length,
      )
      .toBe(0);
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
    const settings = await app.invoke<object>("settings_get");
    await app.invoke("settings_set", { settings: { ...settings, target: { kind: "context", name: "nowhere" } } });
    await expect.poll(() => app.text("[data-server-failed]"), { timeout: 40_000 }).toContain("nowhere");
    const status = await app.status();
    expect(status).toMatchObject({ state: "failed", restarts: 5, url: null, token: null });
    expect((await app.servers()).length).toBe(0);
    await app.screenshot("test-results/desktop-failed.png");
    // Another target takes it up again, and so would "Try again" once it can.
    await app.invoke("settings_set", { settings });
    await expect.poll(app.pill, { timeout: 20_000 }).toMatch(UP);
    await expect.poll(() => app.row("web")).toBe("running");
  }));

test("settings outlive the app's end, and a broken file is no settings", () =>
  withApp(async (app) => {
    await expect(
      app.invoke("settings_set", { settings: { target: { kind: "remote", url: "http://example.org" } } }),
    ).rejects.toThrow(/unencrypted/);
    const contexts = await app.invoke<{ name: string; current: boolean }[]>("contexts");
    expect(contexts.map((c) => c.name)).toContain("default");
    const kept = await app.invoke<string>("remote_token_set", { url: "https://example.org", token: "secret" });
    expect(["keyring", "file"]).toContain(kept);
    const directory = join(app.home, ".config/io.github.quaywatch.desktop");
    if (kept === "file") {
      const { stat } = await import("node:fs/promises");
      expect((await stat(join(directory, "tokens.json"))).mode & 0o777).toBe(0o600);
    }
    await app.invoke("settings_set", { settings: { closeToTray: "tray" } });
    await writeFile(join(directory, "settings.json"), "{");
    await app.reload();
    await expect.poll(app.pill).toMatch(UP);
    expect(await app.invoke("settings_get")).toMatchObject({ closeToTray: "tray" });
  }));
