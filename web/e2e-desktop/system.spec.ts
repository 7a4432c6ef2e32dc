import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { Engine } from "../e2e/support/engine.ts";
import { APP, Desktop } from "./support/desktop.ts";

// What the app has of the desktop around it, with real programs in its places: a
// window manager, a key store, a notification daemon.
const UP = /^(live|slow)$/;
let engine: Engine;

test.beforeAll(async () => {
  engine = Engine.at(process.env.QUAYWATCH_E2E_ENGINE ?? "", process.env.QUAYWATCH_E2E_HOST ?? "");
  await engine.start("web", "busybox:local", "sleep", "1000");
});

test.afterAll(() => engine.removeAll());

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

test("the window comes back where it was", async () => {
  const home = await mkdtemp(join(tmpdir(), "quaywatch-desktop-"));
  try {
    let before = "";
    for (const again of [false, true]) {
      const app = await Desktop.start({ DOCKER_HOST: engine.host }, [], { home });
      try {
        await expect.poll(app.pill).toMatch(UP);
        if (again) {
          await expect.poll(() => app.place()).toBe(before);
          continue;
        }
        await app.beside("wmctrl", "-x", "-r", "quaywatch-desktop", "-e", "0,140,90,900,620");
        await expect.poll(() => app.place()).toMatch(/ 900 620$/);
        before = await app.place();
        await app.invoke("plugin:window|destroy", { label: "main" }).catch(() => undefined); // it ends with the call
        await expect.poll(async () => (await app.apps()).length).toBe(0);
      } finally {
        await app.stop();
      }
    }
  } finally {
    await rm(home, { recursive: true });
  }
});

test("start at login is an entry of the session's", async () => {
  const app = await Desktop.start({ DOCKER_HOST: engine.host });
  try {
    await expect.poll(app.pill).toMatch(UP);
    const entry = join(app.home, ".config/autostart/Quaywatch.desktop");
    await app.go("/settings");
    const box = (checked: boolean) =>
      app.script<boolean>(
        `const label = [...document.querySelectorAll("label")].find((l) => l.textContent.trim() === "Start at login");
         const box = label && document.getElementById(label.htmlFor);
         if (!box || box.disabled) return false;
         if (box.checked !== arguments[0]) box.click();
         return true;`,
        checked,
      );
    await expect.poll(() => box(true)).toBe(true);
    await expect.poll(() => exists(entry)).toBe(true);
    await expect.poll(() => readFile(entry, "utf8")).toContain(`Exec=${APP}`);
    await expect.poll(() => box(false)).toBe(true);
    await expect.poll(() => exists(entry)).toBe(false);
  } finally {
    await app.stop();
  }
});

test("tokens are kept in the key store where there is one", async () => {
  const app = await Desktop.start({ DOCKER_HOST: engine.host }, [], {
    before: "echo secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1",
  });
  try {
    await expect.poll(app.pill).toMatch(UP);
    const url = "https://localhost:9";
    expect(await app.invoke("remote_token_set", { url, token: "first" })).toBe("keyring");
    expect(await app.invoke("remote_token_set", { url, token: "second" })).toBe("keyring");
    expect(await exists(join(app.home, ".config/io.github.quaywatch.desktop/tokens.json"))).toBe(false);
    await app.invoke("target_set", { target: { kind: "remote", url } });
    await expect.poll(() => app.status()).toMatchObject({ state: "ready", target: { url }, token: "second" });
  } finally {
    await app.stop();
  }
});

test("a click on a notification shows the window, with what it tells of", async () => {
  const app = await Desktop.start({ DOCKER_HOST: engine.host }, [], { before: "dunst >/dev/null 2>&1 &" });
  try {
    await expect.poll(app.pill).toMatch(UP);
    await app.invoke("plugin:window|hide", { label: "main" });
    await expect.poll(() => app.visible()).toBe(false);
    const options = { title: "web", body: "keeps restarting", extra: { opens: "web" } };
    await app.invoke("plugin:notification|notify", { options });
    await expect.poll(() => app.beside("dunstctl", "count", "displayed")).toBe("1");
    await app.beside("dunstctl", "action", "0");
    await expect.poll(() => app.visible()).toBe(true);
    await expect.poll(() => app.script<string>("return location.pathname")).toMatch(/^\/containers\/.+/);
    await expect.poll(() => app.text("main")).toContain("web");
    // The window draws: it is not blank.
    await expect.poll(() => app.colors()).toBeGreaterThan(20);
  } finally {
    await app.stop();
  }
});

test("the tray's menu starts and stops projects, pauses notifications, opens the window and quits", async () => {
  const project = ["--label", "com.docker.compose.project=shop", "--label", "com.docker.compose.service=web"];
  const ends = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"];
  await engine.docker("run", "-d", "--name", "shop-web-1", ...project, "busybox:local", ...ends);
  const app = await Desktop.start({ DOCKER_HOST: engine.host });
  try {
    await expect.poll(app.pill).toMatch(UP);
    const tray = () => app.tray().catch(() => new Map<string, number>()); // it is not there yet, or just made anew
    const lines = async () => [...(await tray()).keys()];
    await expect.poll(lines).toEqual(expect.arrayContaining(["2 of 2 running", "shop", "1 of 1 running"]));
    await app.chooseInTray("Stop");
    await expect.poll(() => app.row("shop-web-1")).toBe("exited");
    await expect.poll(lines).toContain("0 of 1 running");
    // A page that is loaded anew makes the menu its own.
    const before = (await app.tray()).get("Start") ?? 0;
    await app.reload();
    await expect.poll(async () => (await tray()).get("Start")).toBeGreaterThan(before);
    await app.chooseInTray("Start");
    await expect.poll(() => app.row("shop-web-1")).toBe("running");

    // For an hour, or until it is chosen again.
    const pausedUntil = async () =>
      Number(await app.script(`return localStorage.getItem("quaywatch.app.pausedUntil") ?? "0"`));
    await app.chooseInTray("Pause notifications for an hour");
    await expect.poll(pausedUntil).toBeGreaterThan(Date.now());
    await app.chooseInTray("Pause notifications for an hour");
    await expect.poll(pausedUntil).toBe(0);

    await app.invoke("plugin:window|hide", { label: "main" });
    await expect.poll(() => app.visible()).toBe(false);
    // The tray tells of trouble while nobody looks.
    await engine.docker("run", "-d", "--restart", "always", "--name", "loop", "busybox:local", "false");
    await expect.poll(async () => (await lines())[0]).toBe("1 restarting");
    await app.chooseInTray("Open Quaywatch");
    await expect.poll(() => app.visible()).toBe(true);
    await app.chooseInTray("Quit").catch(() => undefined); // it ends before it answers
    await expect.poll(async () => [...(await app.apps()), ...(await app.servers())].length).toBe(0);
  } finally {
    await app.stop();
  }
});
