import { run } from "./run.ts";

/** A private real Docker engine, by scripts/engine. */
export class Engine {
  private constructor(
    readonly name: string,
    readonly host: string,
  ) {}

  /** Starts an engine, which goes with this process at the latest. */
  static async up(name: string): Promise<Engine> {
    const out = await run("scripts/engine", ["up", "--name", name, "--owner", String(process.pid), "--in-memory"]);
    return Engine.at(name, /^DOCKER_HOST=(.*)$/m.exec(out)?.[1] ?? "");
  }

  /** An engine that is up already. */
  static at(name: string, host: string): Engine {
    if (!host.startsWith("unix://")) {
      throw new Error(`engine ${name} has no host: ${host}`);
    }
    return new Engine(name, host);
  }

  docker(...args: string[]): Promise<string> {
    return run("/usr/bin/docker", args, { DOCKER_HOST: this.host, DOCKER_CONTEXT: "" });
  }

  /** Starts a container of the private image and returns its id. */
  start(name: string, ...args: string[]): Promise<string> {
    return this.docker("run", "-d", "--name", name, ...args);
  }

  async removeAll(): Promise<void> {
    const ids = (await this.docker("ps", "-aq")).split("\n").filter((id) => id !== "");
    if (ids.length > 0) {
      await this.docker("rm", "-f", "-v", ...ids);
    }
  }

  freeze = () => run("scripts/engine", ["freeze", "--name", this.name]);
  thaw = () => run("scripts/engine", ["thaw", "--name", this.name]);
  kill = () => run("scripts/engine", ["kill", "--name", this.name]);
  restart = () => run("scripts/engine", ["restart", "--name", this.name]);
  down = () => run("scripts/engine", ["down", "--name", this.name]);
}
