import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Browser, BrowserContextOptions } from "@playwright/test";
import { Engine } from "./engine.ts";
import { type Said, WatchedPage } from "./proxyPage.ts";
import { DockerEvents, expectTruth, missing, SLEEPER, Unrest } from "./proxyTruth.ts";
import { root, run } from "./run.ts";
import { Server } from "./server.ts";
import { expect, test } from "./test.ts";

/** What happens to one page, from its opening to its being right again. It returns that page. */
export type Play = (scene: Scene) => Promise<WatchedPage>;

export interface OpenOptions extends BrowserContextOptions {
  browser?: Browser;
  server?: Server;
  query?: string;
}

/**
 * One engine, one server, and several networks at once: trouble with networks
 * is mostly waiting, so the plays go on side by side while containers come and
 * go, and each test awaits its own. When all are over the engine rests, and
 * what each page shows is compared with what the engine says.
 */
export class Scene {
  readonly #plays = new Map<string, Promise<WatchedPage>>();
  readonly #servers: Server[] = [];
  #rest: Promise<unknown> | null = null;
  #opened: Promise<void> = Promise.resolve();
  #slack = 0;
  readonly #stood = monitorEventLoopDelay();

  private constructor(
    readonly browser: Browser,
    readonly engine: Engine,
    readonly server: Server,
    private readonly told: DockerEvents,
    private readonly unrest: Unrest,
  ) {}

  static async set(browser: Browser, plays: Record<string, Play>, args: readonly string[] = []): Promise<Scene> {
    const engine = Engine.at(process.env.QUAYWATCH_E2E_ENGINE ?? "", process.env.QUAYWATCH_E2E_HOST ?? "");
    for (const name of STEADY) await engine.start(name, ...SLEEPER);
    const server = await Server.start(["--host", engine.host, ...args]);
    const scene = new Scene(browser, engine, server, DockerEvents.start(engine), new Unrest(engine));
    scene.#stood.enable();
    for (const [name, play] of Object.entries(plays)) {
      const played = play(scene);
      // Its test awaits it, perhaps long after it has failed.
      played.catch(() => undefined);
      scene.#plays.set(name, played);
    }
    return scene;
  }

  /** Opens a server's page, signed in, as it is reached at an origin; its address may end in a query. */
  async open(origin: string, options: OpenOptions = {}): Promise<WatchedPage> {
    const { browser = this.browser, server = this.server, query = "", ...context } = options;
    const link = await run(`${root}/bin/quaywatch`, ["token", "url", "--data-dir", server.directory]);
    return this.#inTurn(async () => {
      const from = performance.now();
      const page = await WatchedPage.open(browser, `${origin}/${query}${new URL(link).hash}`, context);
      this.#slack = Math.max(this.#slack, (performance.now() - from) / 1000 - USUAL_OPENING);
      return page;
    });
  }

  /**
   * Seconds by which this machine is late with anything: as many as the slowest
   * page took longer to open than pages do where nothing is in the way, the
   * slowest step took the engine, or this process stood still. What is promised
   * within some seconds is judged with this much added.
   */
  get slack(): number {
    return Math.max(this.#slack, this.unrest.late, this.#stood.max / 1e9);
  }

  /** Pages are opened one after the other: ten at once take two cores longer than any test waits. */
  #inTurn(open: () => Promise<WatchedPage>): Promise<WatchedPage> {
    const opened = this.#opened.then(open);
    this.#opened = opened.then(
      () => undefined,
      () => undefined,
    );
    return opened;
  }

  /** Another server on the same engine, for who kills or freezes it. */
  async serve(): Promise<Server> {
    const server = await Server.start(["--host", this.engine.host]);
    this.adopt(server);
    return server;
  }

  /** A server to be ended with the scene. */
  adopt(server: Server): void {
    this.#servers.push(server);
  }

  /** Waits until the page is up and has every event that the engine has told by now; returns how long that took. */
  async caughtUp(page: WatchedPage, withinSeconds: number): Promise<number> {
    const from = performance.now();
    await page.reaches(["live", "slow", "polling"], withinSeconds);
    const wanted = [...this.told.events];
    await expect
      .poll(async () => missing(wanted, await page.events()), {
        timeout: withinSeconds * 1000,
        intervals: [100],
        message: "events that the page has not",
      })
      .toEqual([]);
    return (performance.now() - from) / 1000;
  }

  /** Awaits a play, then the end of all; compares its page with the engine and returns what its pill said. */
  async over(name: string, events: "events" | "rows only" = "events"): Promise<readonly Said[]> {
    const page = await this.#plays.get(name);
    if (!page) throw new Error(`there is no play ${name}`);
    const timeline = await page.timeline();
    const words = timeline.map((said) => `${said.at.toFixed(1)} s ${said.state} (${said.text})`).join(" → ");
    test.info().annotations.push({ type: "pill", description: words });
    console.log(`    ${name}: ${words}`);
    this.#rest ??= Promise.allSettled(this.#plays.values()).then(() => this.unrest.stop());
    await this.#rest;
    await expectTruth(page, this.engine, events === "events" ? this.told : null);
    await page.close();
    return timeline;
  }

  async end(): Promise<void> {
    this.#stood.disable();
    await this.unrest.stop();
    const pages = await Promise.allSettled(this.#plays.values());
    for (const page of pages) if (page.status === "fulfilled") await page.value.close();
    await this.told.stop();
    for (const server of [this.server, ...this.#servers]) await server.stop();
    await this.engine.removeAll();
  }
}

/** Seconds in which a page opens, on a machine that does little else. */
const USUAL_OPENING = 2;

/** Containers to which nothing happens. Sorted by name they stand first. */
export const STEADY: readonly string[] = Array.from({ length: 6 }, (_, i) => `aa-${i}`);

/** The states a timeline went through. */
export function states(timeline: readonly Said[]): string[] {
  return timeline.map((said) => said.state);
}

/** Seconds from an instant until a state was first said afterwards; Infinity when it never was. */
export function secondsUntil(timeline: readonly Said[], from: number, ...wanted: string[]): number {
  const said = timeline.find((s) => s.at >= from && wanted.includes(s.state));
  return said ? said.at - from : Number.POSITIVE_INFINITY;
}
