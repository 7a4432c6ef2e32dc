import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Engine } from "./engine.ts";
import type { SeenEvent, WatchedPage } from "./proxyPage.ts";
import { expect } from "./test.ts";

/**
 * What `docker events` tells of containers, from its start on: a subscriber of
 * its own, because an engine remembers 256 events at most.
 */
export class DockerEvents {
  readonly #events: string[] = [];

  private constructor(private readonly child: ChildProcess) {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      this.#events.push(identity(line));
    });
  }

  static start(engine: Engine): DockerEvents {
    const since = (Date.now() / 1000).toFixed(3);
    const args = ["events", "--since", since, "--filter", "type=container", "--format", "{{json .}}"];
    const child = spawn("/usr/bin/docker", args, {
      env: { ...process.env, DOCKER_HOST: engine.host, DOCKER_CONTEXT: "" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    return new DockerEvents(child);
  }

  get events(): readonly string[] {
    return this.#events;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, "exit");
    this.child.kill("SIGTERM");
    await ended;
  }
}

/** Time in nanoseconds, action, id: the numbers are too long for JSON.parse. */
function identity(line: string): string {
  const { Action, id } = JSON.parse(line) as { Action: string; id: string };
  return `${/"timeNano":(\d+)/.exec(line)?.[1]} ${Action} ${id.slice(0, 12)}`;
}

/** The same of an event on the page, whose time is RFC 3339 with up to nine decimals. */
function pageIdentity(event: SeenEvent): string {
  const seconds = Math.floor(Date.parse(event.time) / 1000);
  const fraction = /\.(\d+)/.exec(event.time)?.[1] ?? "";
  return `${seconds}${fraction.padEnd(9, "0")} ${event.action} ${event.id.slice(0, 12)}`;
}

/** Of these events, those that the page has not. */
export function missing(wanted: readonly string[], seen: readonly SeenEvent[]): string[] {
  const have = new Set(seen.map(pageIdentity));
  return wanted.filter((event) => !have.has(event));
}

/** Fails unless the page has the rows of `docker ps -a` and, since they began, exactly the events of `docker events`. */
export async function expectTruth(page: WatchedPage, engine: Engine, told: DockerEvents | null): Promise<void> {
  const truth = (await engine.docker("ps", "-a", "--format", "{{.Names}} {{.State}}")).split("\n").sort();
  await expect.poll(() => page.rows(), { message: "rows are docker ps -a" }).toEqual(truth);
  if (!told) return;
  const first = BigInt(told.events.map((e) => e.split(" ")[0]).sort()[0] ?? 0);
  const seen = async () =>
    (await page.events())
      .map(pageIdentity)
      .filter((e) => BigInt(e.split(" ")[0] ?? 0) >= first)
      .sort();
  // The last ones may still be on their way, to either.
  await expect(async () =>
    expect(await seen(), "events are docker events, none missing, none doubled").toEqual([...told.events].sort()),
  ).toPass({ timeout: 90_000 });
}

/**
 * A container without a network: an interface that comes or goes on the
 * browser's own machine has Chromium abort whatever it is loading, and the
 * trouble that is wanted here is another.
 */
export const SLEEPER = ["--network", "none", "busybox:local", "sleep", "600"] as const;

/** Seconds in which the engine does a step, on a machine that does little else. */
const USUAL_STEP = 2;

/**
 * Something always happens: containers named zz-… come, pause, die and go, one
 * after the other, until it is stopped. Sorted by name they stand last.
 */
export class Unrest {
  #stopping = false;
  #longest = 0;
  readonly #done: Promise<void>;

  constructor(engine: Engine, everyMs = 300) {
    this.#done = this.#run(engine, everyMs);
  }

  /** Seconds that the engine took longer for the slowest step than it does where nothing is in the way. */
  get late(): number {
    return Math.max(0, this.#longest - USUAL_STEP);
  }

  /** Ends after what is under way. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#done;
  }

  async #run(engine: Engine, everyMs: number): Promise<void> {
    for (let i = 0; !this.#stopping; i++) {
      const name = `zz-${i}`;
      const life: (() => Promise<unknown>)[] = [
        () => engine.start(name, ...SLEEPER),
        () => engine.docker("pause", name),
        () => engine.docker("unpause", name),
        () => engine.docker("kill", name),
        () => engine.docker("start", name),
        // Some stay, running or dead, so that the table is not what it was.
        () => (i % 3 === 0 ? engine.docker("rename", name, `${name}-kept`) : engine.docker("rm", "-f", name)),
      ];
      for (const step of life) {
        if (this.#stopping) break;
        const from = performance.now();
        await step();
        this.#longest = Math.max(this.#longest, (performance.now() - from) / 1000);
        await new Promise((resolve) => setTimeout(resolve, everyMs));
      }
    }
  }
}
