import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./port.ts";
import { WebDriver } from "./webdriver.ts";

/** WebKitGTK's MiniBrowser under Xvfb, driven by WebKitWebDriver. */
export class WebKit {
  private constructor(
    private readonly driver: WebDriver,
    private readonly home: string,
  ) {}

  static async start(env: Record<string, string>): Promise<WebKit> {
    const port = await freePort();
    const home = await mkdtemp(join(tmpdir(), "quaywatch-webkit-"));
    const options = {
      binary: "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
      args: ["--automation"],
    };
    try {
      const driver = await WebDriver.start(
        port,
        ["WebKitWebDriver", `--port=${port}`],
        { HOME: home, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", ...env },
        { "webkitgtk:browserOptions": options },
      );
      return new WebKit(driver, home);
    } catch (error) {
      await remove(home);
      throw error;
    }
  }

  open(url: string): Promise<unknown> {
    return this.driver.open(url);
  }

  /** Runs a function body in the page. */
  script<T>(body: string, ...args: unknown[]): Promise<T> {
    return this.driver.script<T>(body, ...args);
  }

  screenshot(path: string): Promise<void> {
    return this.driver.screenshot(path);
  }

  async stop(): Promise<void> {
    await this.driver.stop();
    await remove(this.home);
  }
}

function remove(home: string): Promise<void> {
  return rm(home, { recursive: true, force: true, maxRetries: 5 });
}
