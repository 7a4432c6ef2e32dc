import { expect, test } from "@playwright/test";
import { Engine } from "../e2e/support/engine.ts";
import { Desktop } from "./support/desktop.ts";

// One window for all of it, as a user has: each test leaves it live.
test.describe.configure({ mode: "serial" });

const UP = /^(live|slow)$/;
let engine: Engine;
let app: Desktop;

test.beforeAll(async () => {
  engine = Engine.at(process.env.QUAYWATCH_E2E_ENGINE ?? "", process.env.QUAYWATCH_E2E_HOST ?? "");
  await engine.start("first", "busybox:local", "sleep", "1000");
  app = await Desktop.start({ DOCKER_HOST: engine.host });
});

test.afterAll(async () => {
  await app?.stop();
  await engine.removeAll();
});

/** What the server says of its clients, asked with the app's own token. */
async function metric(name: string): Promise<number> {
  const { url, token } = await app.status();
  const answer = await fetch(`${url}/metrics`, { headers: { Authorization: `Bearer ${token}` } });
  const line = (await answer.text()).split("\n").find((l) => l.startsWith(name) && " {".includes(l[name.length] ?? ""));
  return Number(line?.split(" ").at(-1) ?? Number.NaN);
}

test("a start shows live rows, through the plugin", async () => {
  await expect.poll(app.pill).toMatch(UP);
  await expect.poll(() => app.row("first")).toBe("running");
  await expect.poll(() => app.visible()).toBe(true);
  await app.click("[data-pill]");
  await expect.poll(() => app.text("body")).toContain("WebSocket · Tauri plugin");
  await app.click("[data-pill]");
  await app.screenshot("test-results/desktop.png");
});

test("the token is on nobody's command line", async () => {
  const { token } = await app.status();
  expect(token).toMatch(/^[0-9a-f]{64}$/);
  for (const p of await app.processes()) expect(p.args.join(" ")).not.toContain(token);
});

test("a container stopped from outside changes its row", async () => {
  await engine.docker("stop", "-t", "0", "first");
  await expect.poll(() => app.row("first")).toBe("exited");
  await engine.docker("start", "first");
  await expect.poll(() => app.row("first")).toBe("running");
});

test("stop from the page stops it in the engine", async () => {
  await engine.start("second", "busybox:local", "sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done");
  await expect.poll(() => app.row("second")).toBe("running");
  await app.script(
    `document.querySelector('[data-key][data-name="second"]')
       .dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true, clientX: 300, clientY: 300 }))`,
  );
  await expect
    .poll(() =>
      app.click('[role="menuitem"]', "Stop").then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
  await expect.poll(() => app.row("second")).toBe("exited");
  // The engine tells of an end before it shows it.
  await expect.poll(() => engine.docker("inspect", "--format", "{{.State.Status}}", "second")).toBe("exited");
});

test("a page that is reloaded has one connection to the server, not two", async () => {
  await expect.poll(() => metric("quaywatch_clients")).toBe(1);
  await app.reload();
  await expect.poll(app.pill).toMatch(UP);
  await expect.poll(() => metric("quaywatch_clients")).toBe(1);
  await app.reload();
  await expect.poll(app.pill).toMatch(UP);
  await expect.poll(() => metric("quaywatch_clients")).toBe(1);
});

test("a page that is loaded is live, however often", async () => {
  // What is sent first may not be overtaken: the plugin's calls run side by side.
  for (let i = 0; i < 10; i++) {
    await app.reload();
    await expect.poll(app.pill).toMatch(UP);
  }
});

test("a server that dies is started again, and the page says so", async () => {
  const [before] = await app.servers();
  // What the page says is gone again within a second: it is written down.
  await app.script(
    `window.said = [];
     new MutationObserver(() => {
       const text = document.querySelector('[data-banner="server"]')?.textContent;
       if (text && !window.said.includes(text)) window.said.push(text);
     }).observe(document.body, { childList: true, subtree: true, characterData: true });`,
  );
  process.kill(before?.pid as number, "SIGKILL");
  await expect.poll(async () => (await app.servers())[0]?.pid ?? before?.pid).not.toBe(before?.pid);
  await expect.poll(() => app.script<string[]>("return window.said").then((s) => s.join(" "))).toContain("SIGKILL");
  await expect.poll(app.pill).toMatch(UP);
  await expect.poll(async () => (await app.status()).restarts).toBe(1);
  await engine.docker("pause", "first");
  await expect.poll(() => app.row("first")).toBe("paused");
  await engine.docker("unpause", "first");
  await expect.poll(() => app.row("first")).toBe("running");
});

test("a server that hangs is told of, and taken up again", async () => {
  const [server] = await app.servers();
  process.kill(server?.pid as number, "SIGSTOP");
  try {
    await expect.poll(app.pill).not.toMatch(UP);
  } finally {
    process.kill(server?.pid as number, "SIGCONT");
  }
  await expect.poll(app.pill).toMatch(UP);
  expect((await app.servers())[0]?.pid).toBe(server?.pid);
});

test("the page reaches nothing but the app and this machine", async () => {
  await app.script(
    `window.refused = [];
     document.addEventListener("securitypolicyviolation", (e) =>
       window.refused.push(e.violatedDirective + " " + e.blockedURI));
     const gone = () => {};
     fetch("https://example.org/").catch(gone);
     import("data:text/javascript,1").catch(gone);
     new Image().src = "http://127.0.0.1:9/x.png";`,
  );
  const refused = () => app.script<string[]>("return window.refused").then((said) => said.join("\n"));
  await expect.poll(refused).toMatch(/connect-src https:\/\/example.org/);
  await expect.poll(refused).toMatch(/script-src.* data/);
  await expect.poll(refused).toMatch(/img-src http:\/\/127.0.0.1:9/);
  // Commands that the capability doesn't name are refused, whoever asks.
  await expect(app.invoke("plugin:event|emit", { event: "server", payload: null })).rejects.toThrow(/not allowed/);
  await expect(app.invoke("plugin:window|create", { options: {} })).rejects.toThrow(/not allowed/);
  await expect(app.invoke("plugin:tray|remove_by_id", { id: "main" })).rejects.toThrow(/not allowed/);
  await expect(app.invoke("plugin:notification|batch", { notifications: [] })).rejects.toThrow(/not allowed/);
  await expect(app.invoke("plugin:opener|open_url", { url: "file:///etc/passwd" })).rejects.toThrow(/Not allowed/i);
});
