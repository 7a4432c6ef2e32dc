import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./port.ts";

/** Who may come into a protected registry. The hash is bcrypt's. */
export const USER = {
  name: "ann",
  password: "s3cret of the test",
  hash: "$2a$04$8V6htDhUieUWSK3KHDG20.migZFBrWqGart65R81IIL0EM/k34Ev.",
};

/** Debian's docker-registry on loopback, without TLS, as engines accept there. */
export class Registry {
  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
    /** host:port, which an image's name begins with. */
    readonly address: string,
  ) {}

  /** With protected, only USER may come in. */
  static async start(isProtected = false): Promise<Registry> {
    const directory = await mkdtemp(join(tmpdir(), "quaywatch-registry-"));
    const address = `127.0.0.1:${await freePort()}`;
    const file = join(directory, "config.yml");
    const storage = `storage:\n  filesystem: {rootdirectory: ${directory}}\n  delete: {enabled: true}\n`;
    let auth = "";
    if (isProtected) {
      await writeFile(join(directory, "htpasswd"), `${USER.name}:${USER.hash}\n`);
      auth = `auth:\n  htpasswd: {realm: test, path: ${join(directory, "htpasswd")}}\n`;
    }
    await writeFile(file, `version: 0.1\nlog: {level: error}\n${storage}http: {addr: "${address}"}\n${auth}`);
    const child = spawn("/usr/bin/docker-registry", ["serve", file], {
      stdio: "ignore",
      env: { ...process.env, OTEL_TRACES_EXPORTER: "none" },
    });
    const registry = new Registry(child, directory, address);
    for (let i = 0; i < 1_800; i++) {
      if (child.exitCode !== null) break;
      const answer = await fetch(`http://${address}/v2/`).catch(() => null);
      if (answer?.ok || (isProtected && answer?.status === 401)) return registry;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await registry.stop();
    throw new Error("docker-registry did not answer within 90 s. Is it installed? See scripts/deps test");
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
