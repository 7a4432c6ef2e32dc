import { expect, test } from "@playwright/test";
import { Engine } from "./support/engine.ts";
import { Server } from "./support/server.ts";
import { WebKit } from "./support/webkit.ts";

// The engine inside the desktop window, without the window's shell. LANG=C on
// purpose: there `navigator.language` is not a valid language tag.
test("the page is live in WebKitGTK, under the C locale", async () => {
  const engine = Engine.at(process.env.QUAYWATCH_E2E_ENGINE ?? "", process.env.QUAYWATCH_E2E_HOST ?? "");
  const server = await Server.start(["--host", engine.host]);
  const browser = await WebKit.start({ LANG: "C", LC_ALL: "C" });
  try {
    await engine.start("webkit", "busybox:local", "sh", "-c", "while :; do sleep 1; done");
    await browser.open(server.url);
    const state = (selector: string, attribute: string) =>
      browser.script<string | null>(
        `return document.querySelector(arguments[0])?.getAttribute(arguments[1]) ?? null`,
        selector,
        attribute,
      );
    await expect.poll(() => state("[data-pill]", "data-state")).toMatch(/live|slow/);
    const row = '[data-key][data-name="webkit"]';
    await expect.poll(() => state(row, "data-state")).toBe("running");
    await engine.docker("pause", "webkit");
    await expect.poll(() => state(row, "data-state")).toBe("paused");
    await engine.docker("unpause", "webkit");
    await expect
      .poll(() =>
        browser.script<string>(
          `return document.querySelector(arguments[0])?.textContent ?? ""`,
          `${row} [data-col="mem"]`,
        ),
      )
      .toMatch(/\d/);
    await browser.screenshot("test-results/webkitgtk.png");
  } finally {
    await browser.stop();
    await server.stop();
    await engine.removeAll();
  }
});
