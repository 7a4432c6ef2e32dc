import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort } from "./port.ts";

/**
 * WebKitGTK's MiniBrowser under Xvfb, driven by WebKitWebDriver. Five commands
 * of W3C WebDriver are all that is needed, so no client library is.
 */
export class WebKit {
  private constructor(
    private readonly child: ChildProcess,
    private readonly home: string,
    private readonly session: string,
  ) {}

  static async start(env: Record<string, string>): Promise<WebKit> {
    const port = await freePort();
    const home = await mkdtemp(join(tmpdir(), "quaywatch-webkit-"));
    // A process group of its own, so that the driver, its browser and the
    // display all end together.
    const child = spawn("xvfb-run", ["-a", "dbus-run-session", "--", "WebKitWebDriver", `--port=${port}`], {
      detached: true,
      stdio: "ignore",
      env: { ...process.env, HOME: home, NO_AT_BRIDGE: "1", WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", ...env },
    });
    const base = `http://127.0.0.1:${port}`;
    try {
      await answers(`${base}/status`, child);
      const { sessionId } = await call<{ sessionId: string }>("POST", `${base}/session`, {
        capabilities: {
          alwaysMatch: {
            "webkitgtk:browserOptions": {
              binary: "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
              args: ["--automation"],
            },
          },
        },
      });
      return new WebKit(child, home, `${base}/session/${sessionId}`);
    } catch (error) {
      await end(child, home);
      throw error;
    }
  }

  open(url: string): Promise<unknown> {
    return call("POST", `${this.session}/url`, { url });
  }

  /** Runs a function body in the page. */
  script<T>(body: string, ...args: unknown[]): Promise<T> {
    return call<T>("POST", `${this.session}/execute/sync`, { script: body, args });
  }

  async screenshot(path: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, Buffer.from(await call<string>("GET", `${this.session}/screenshot`), "base64"));
  }

  async stop(): Promise<void> {
    await call("DELETE", this.session).catch(() => undefined);
    await end(this.child, this.home);
  }
}

async function end(child: ChildProcess, home: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, "exit");
    process.kill(-(child.pid as number), "SIGTERM");
    await ended;
  }
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
}

async function call<T>(method: string, url: string, body?: unknown): Promise<T> {
  const response = await fetch(url, { method, body: body === undefined ? null : JSON.stringify(body) });
  const { value } = (await response.json()) as { value: T & { error?: string; message?: string } };
  if (!response.ok) {
    throw new Error(`WebDriver ${method} ${url}: ${value.error}: ${value.message}`);
  }
  return value;
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (child.exitCode !== null) {
      throw new Error("WebKitWebDriver ended. Are webkit2gtk-driver, xvfb, xauth and dbus installed?");
    }
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`WebKitWebDriver did not answer at ${url} within 15 s`);
}
