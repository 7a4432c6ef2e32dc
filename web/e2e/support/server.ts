import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "./run.ts";

/** A running `quaywatch serve`. */
export class Server {
  private constructor(
    private readonly child: ChildProcess,
    private readonly dataDir: string,
    /** The address to open, token in its fragment. */
    readonly url: string,
    /** host:port */
    readonly listen: string,
  ) {}

  /** Starts a server with a data directory of its own on a free port, as another user if one is given. */
  static async start(args: string[], listen = "127.0.0.1:0", dataDir?: string, user?: number): Promise<Server> {
    const dir = dataDir ?? (await mkdtemp(join(tmpdir(), "quaywatch-e2e-")));
    let program = `${root}/bin/quaywatch`;
    if (user !== undefined) {
      // It may not be allowed to look where the repository is.
      await copyFile(program, join(dir, "program"));
      program = join(dir, "program");
      await chown(dir, user, user);
    }
    const child = spawn(program, ["serve", "--json", "--listen", listen, "--data-dir", dir, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      ...(user !== undefined && { uid: user, gid: user }),
      env: { ...process.env, QUAYWATCH_TOKEN: "", ...(user !== undefined && { HOME: dir, XDG_CONFIG_HOME: dir }) },
    });
    let log = "";
    child.stderr?.on("data", (text: Buffer) => {
      log = (log + text.toString()).slice(-20_000);
    });
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const first = await Promise.race([
      once(lines, "line").then(([line]) => String(line)),
      once(child, "exit").then(([code]) => {
        throw new Error(`quaywatch serve ended with ${code}:\n${log}`);
      }),
    ]);
    const ready = JSON.parse(first) as { event: string; url: string; listen: string };
    return new Server(child, dir, ready.url, ready.listen);
  }

  get directory(): string {
    return this.dataDir;
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** The origin, without the token. */
  get origin(): string {
    return new URL(this.url).origin;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Ends the server; keepData leaves its directory for a successor. */
  async stop(signal: NodeJS.Signals = "SIGTERM", keepData = false): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, "exit");
      this.child.kill("SIGCONT");
      this.child.kill(signal);
      await ended;
    }
    if (!keepData) {
      await rm(this.dataDir, { recursive: true, force: true });
    }
  }
}
