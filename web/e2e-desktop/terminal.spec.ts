import { expect, test } from "@playwright/test";
import { Engine } from "../e2e/support/engine.ts";
import { Desktop } from "./support/desktop.ts";

test("a container's terminal: typed into the window, answered through the plugin's socket", async () => {
  const engine = Engine.at(process.env.QUAYWATCH_E2E_ENGINE ?? "", process.env.QUAYWATCH_E2E_HOST ?? "");
  const id = await engine.start("shell", "busybox:local", "sleep", "1000");
  const app = await Desktop.start({ DOCKER_HOST: engine.host });
  try {
    await expect.poll(app.pill).toMatch(/^(live|slow)$/);
    await app.go("/containers/shell/terminal");
    await expect.poll(() => app.text("[data-terminal=idle]")).toContain("Open the terminal");
    // Whatever is asked of the plugin for sockets goes through fetch; a socket of the page's own would not.
    await app.script(
      `window.asked = [];
       window.own = 0;
       const real = window.fetch;
       window.fetch = (to, init) => {
         const command = decodeURIComponent(String(to));
         if (command.endsWith("plugin:websocket|connect")) window.asked.push(JSON.parse(init.body).url);
         return real(to, init);
       };
       window.WebSocket = class extends window.WebSocket {
         constructor(...args) { super(...args); window.own++; }
       };`,
    );
    await app.click("button", "Open the terminal");
    await expect.poll(() => app.attribute("[data-terminal]", "data-terminal")).toBe("open");
    const { url } = await app.status();
    expect(await app.script<string[]>("return window.asked")).toEqual([
      `${url?.replace(/^http/, "ws")}/api/v1/containers/${id}/exec`,
    ]);
    expect(await app.script<number>("return window.own")).toBe(0);

    /** The lines on the screen, of one moment. */
    const screen = () =>
      app.script<string>(
        `return [...document.querySelectorAll(".xterm-rows > div")].map((row) => row.textContent.trimEnd())
           .join("\\n").trimEnd();`,
      );
    // The shell's prompt: what is typed before it a shell may throw away.
    await expect.poll(screen).toMatch(/[#$]$/);
    await app.type("echo $((6*7))\n");
    await expect.poll(screen).toMatch(/^.*[#$] echo \$\(\(6\*7\)\)\n42\n.*[#$]$/m);
    await app.screenshot("test-results/desktop-terminal.png");
    await app.type("exit\n");
    await expect.poll(() => app.text("[data-ended]")).toContain("The session ended with exit code 0.");
  } finally {
    await app.stop();
    await engine.removeAll();
  }
});
