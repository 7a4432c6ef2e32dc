import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./port.ts";

/** Debian's docker-registry on loopback, without TLS, as engines accept there. */
export class Registry {
  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
    /** host:port, which an image's name begins with. */
    readonly address: string,
  ) {}

  static async start(): Promise<Registry> {
    const directory = await mkdtemp(join(tmpdir(), "quaywatch-registry-"));
    const address = `127.0.0.1:${await freePort()}`;
    const file = join(directory, "config.yml");
    const storage = `storage:\n  filesystem: {rootdirectory: ${directory}}\n  delete: {enabled: true}\n`;
    await writeFile(file, `version: 0.1\nlog: {level: error}\n${storage}http: {addr: "${address}"}\n`);
    const child = spawn("/usr/bin/docker-registry", ["serve", file], {
      stdio: "ignore",
      env: { ...process.env, OTEL_TRACES_EXPORTER: "none" },
    });
    const registry = new Registry(child, directory, address);
    for (let i = 0; i < 200; i++) {
      if (child.exitCode !== null) break;
      const answer = await fetch(`http://${address}/v2/`).catch(() => null);
      if (answer?.ok) return registry;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await registry.stop();
    throw new Error("docker-registry did not answer within 10 s. Is it installed? See scripts/deps test");
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, "exit");
      this.child.kill("SIGKILL");
      await ended;
    }
    await rm(this.directory, { recursive: true, force: true });
  }
}
