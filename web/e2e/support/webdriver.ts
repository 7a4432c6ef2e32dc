import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { root } from "./run.ts";

/** A driver's session. A few commands of W3C WebDriver are all that is needed, so no client library is. */
export class WebDriver {
  private constructor(
    private readonly child: ChildProcess,
    private readonly session: string,
  ) {}

  /** Starts a driver under its own display and bus, and a browser with it. */
  static async start(
    port: number,
    command: readonly string[],
    env: Record<string, string>,
    capabilities: Record<string, unknown>,
  ): Promise<WebDriver> {
    // A process group of its own, so that the driver, its browser and the
    // display all end together.
    const bus = ["dbus-run-session", `--config-file=${root}/web/e2e/support/session.conf`, "--"];
    const display = ["-a", "-s", "-screen 0 1400x900x24", ...bus, ...command];
    const child = spawn("xvfb-run", display, {
      detached: true,
      stdio: "ignore",
      env: { ...process.env, NO_AT_BRIDGE: "1", ...env },
    });
    const base = `http://127.0.0.1:${port}`;
    try {
      await answers(`${base}/status`, child);
      const { sessionId } = await call<{ sessionId: string }>("POST", `${base}/session`, {
        capabilities: { alwaysMatch: capabilities },
      });
      return new WebDriver(child, `${base}/session/${sessionId}`);
    } catch (error) {
      await end(child);
      throw error;
    }
  }

  open(url: string): Promise<unknown> {
    return call("POST", `${this.session}/url`, { url });
  }

  reload(): Promise<unknown> {
    return call("POST", `${this.session}/refresh`, {});
  }

  /** Runs a function body in the page. */
  script<T>(body: string, ...args: unknown[]): Promise<T> {
    return call<T>("POST", `${this.session}/execute/sync`, { script: body, args });
  }

  /** Runs a function body in the page; its last argument takes the result. */
  scriptAsync<T>(body: string, ...args: unknown[]): Promise<T> {
    return call<T>("POST", `${this.session}/execute/async`, { script: body, args });
  }

  async screenshot(path: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, Buffer.from(await call<string>("GET", `${this.session}/screenshot`), "base64"));
  }

  async stop(): Promise<void> {
    await call("DELETE", this.session).catch(() => undefined);
    await end(this.child);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, "exit");
    process.kill(-(child.pid as number), "SIGTERM");
    await ended;
  }
}

async function call<T>(method: string, url: string, body?: unknown): Promise<T> {
  // A browser that hangs must not hang the test; one that starts on a machine that stalls is slow.
  const signal = AbortSignal.timeout(120_000);
  const response = await fetch(url, { method, signal, body: body === undefined ? null : JSON.stringify(body) });
  const { value } = (await response.json()) as { value: T & { error?: string; message?: string } };
  if (!response.ok) {
    throw new Error(`WebDriver ${method} ${url}: ${value.error}: ${value.message}`);
  }
  return value;
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  for (let i = 0; i < 1_200; i++) {
    if (child.exitCode !== null) {
      throw new Error("The driver ended. Are webkit2gtk-driver, xvfb, xauth and dbus installed?");
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
  throw new Error(`The driver did not answer at ${url} within two minutes`);
}
