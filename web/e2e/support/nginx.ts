import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./port.ts";
import { root, run } from "./run.ts";

/**
 * Debian's nginx with a configuration, directories and a port of its own. It is
 * what it is elsewhere: only the server block is the test's.
 */
export class Nginx {
  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
    /** The port that the configuration listens on. */
    readonly port: number,
  ) {}

  /** Starts an instance on a free port. */
  static async start(serverBlock: ServerBlock): Promise<Nginx> {
    const directory = await mkdtemp(join(tmpdir(), "quaywatch-nginx-"));
    const port = await freePort();
    await writeFile(join(directory, "nginx.conf"), configuration(await serverBlock(port, directory), directory));
    const child = spawn(program, ["-p", directory, "-c", "nginx.conf", "-e", "error.log"], { stdio: "ignore" });
    const nginx = new Nginx(child, directory, port);
    try {
      await nginx.#answers();
      return nginx;
    } catch (error) {
      const log = await readFile(join(directory, "error.log"), "utf8").catch(() => "");
      await nginx.stop();
      throw new Error(`${error}\n${log}`);
    }
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Takes another server block, as `nginx -s reload` does. Connections that are go on as they were. */
  async reload(serverBlock: ServerBlock): Promise<void> {
    const text = configuration(await serverBlock(this.port, this.directory), this.directory);
    await writeFile(join(this.directory, "nginx.conf"), text);
    await run(program, ["-t", "-q", "-p", this.directory, "-c", "nginx.conf", "-e", "error.log"]);
    this.child.kill("SIGHUP");
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, "exit");
      this.child.kill("SIGTERM");
      await ended;
    }
    await rm(this.directory, { recursive: true, force: true });
  }

  async #answers(): Promise<void> {
    for (let i = 0; i < 1_200; i++) {
      if (this.child.exitCode !== null) throw new Error(`nginx ended with ${this.child.exitCode}. Is nginx installed?`);
      if (await takes(this.port)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("nginx did not answer within a minute");
  }
}

/** Makes the server { … } for a port; files of its own go into the directory. */
export type ServerBlock = (port: number, directory: string) => string | Promise<string>;

const program = "/usr/sbin/nginx";

function takes(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** Everything around the server block: this instance's files stay in its directory. */
function configuration(serverBlock: string, directory: string): string {
  const user = process.getuid?.() === 0 ? "user root;" : "";
  const temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `  ${name}_temp_path ${directory}/${name};`)
    .join("\n");
  return `${user}
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
events { worker_connections 128; }
http {
  access_log off;
${temp}
${serverBlock}
}
`;
}

/** The configuration that the guide tells people to use, from the guide itself. */
export async function guideConfiguration(): Promise<string> {
  const text = await readFile(`${root}/docs/guide/connection.md`, "utf8");
  const block = /^```nginx\n(.*?)^```$/ms.exec(text)?.[1];
  if (block === undefined) throw new Error("docs/guide/connection.md has no nginx block");
  return block;
}

/** A certificate for a name, as files of a directory. */
export async function selfSigned(name: string, directory: string): Promise<{ certificate: string; key: string }> {
  const certificate = join(directory, "cert.pem");
  const key = join(directory, "key.pem");
  const how = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  await run("openssl", [
    ...how,
    "-subj",
    `/CN=${name}`,
    "-addext",
    `subjectAltName=DNS:${name}`,
    "-keyout",
    key,
    "-out",
    certificate,
  ]);
  return { certificate, key };
}
