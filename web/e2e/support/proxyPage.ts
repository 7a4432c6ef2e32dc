import type { Browser, BrowserContextOptions, Page } from "@playwright/test";
import { expect, Live } from "./test.ts";

/** What the pill said, and since when, in seconds after the page began. */
export interface Said {
  readonly at: number;
  readonly state: string;
  readonly text: string;
}

interface Watched {
  /** The browser's own clock, whatever a test makes of the page's. */
  now(): number;
  said: Said[];
  /** Elements of rows that were taken out of the table, by the container's name. */
  unmounted: string[];
}

/** An event as both the page and `docker events` tell it. */
export interface SeenEvent {
  readonly time: string;
  readonly action: string;
  readonly name: string;
  readonly id: string;
}

/**
 * A page in a browser context of its own, watched from its first moment: what
 * the pill said and when, and whether rows were unmounted.
 */
export class WatchedPage extends Live {
  private constructor(
    page: Page,
    readonly errors: readonly string[],
  ) {
    super(page);
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.addInitScript(watch);
    await page.goto(url);
    await page
      .locator("[data-pill]")
      .waitFor({ timeout: 90_000 })
      .catch(async () => {
        const shown = await page.locator("body").innerText();
        throw new Error(`the page has no pill; it shows ${JSON.stringify(shown)} and said:\n${errors.join("\n")}`);
      });
    return new WatchedPage(page, errors);
  }

  close(): Promise<void> {
    return this.page.context().close();
  }

  /** Seconds since the page began. */
  now(): Promise<number> {
    return this.page.evaluate(() => (window as unknown as { watched: Watched }).watched.now());
  }

  /** Everything the pill said, one entry for each state. */
  timeline(): Promise<Said[]> {
    return this.page.evaluate(() => (window as unknown as { watched: Watched }).watched.said);
  }

  /** Names of the rows that were unmounted since the last call. */
  unmounted(): Promise<string[]> {
    return this.page.evaluate(() => (window as unknown as { watched: Watched }).watched.unmounted.splice(0));
  }

  /** Waits until the pill has said one of these since an instant, however briefly. */
  async says(states: readonly string[], since: number, withinSeconds: number): Promise<void> {
    await this.page.waitForFunction(
      ([wanted, from]) =>
        (window as unknown as { watched: Watched }).watched.said.some((s) => s.at >= from && wanted.includes(s.state)),
      [states, since] as const,
      { timeout: withinSeconds * 1000, polling: 100 },
    );
  }

  /** Waits for a state that lasts and returns when it was seen, in seconds since the page began. */
  async reaches(states: readonly string[], withinSeconds: number): Promise<number> {
    await expect(this.pill).toHaveAttribute("data-state", new RegExp(`^(${states.join("|")})$`), {
      timeout: withinSeconds * 1000,
    });
    return this.now();
  }

  /** Names and states of all rows; the table is scrolled through, so that its size does not matter. */
  rows(): Promise<string[]> {
    return this.page.evaluate(async () => {
      const grid = document.querySelector<HTMLElement>('[role="grid"]');
      if (!grid) return [];
      const before = grid.scrollTop;
      const rows = new Map<string, string>();
      for (let top = 0; ; top += grid.clientHeight / 2) {
        grid.scrollTop = top;
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        for (const row of grid.querySelectorAll<HTMLElement>("[data-key]")) {
          rows.set(row.dataset.key ?? "", `${row.dataset.name} ${row.dataset.state}`);
        }
        if (top + grid.clientHeight >= grid.scrollHeight) break;
      }
      grid.scrollTop = before;
      return [...rows.values()].sort();
    });
  }

  /**
   * The events of containers that the page holds, in its order. The feed draws
   * only what is on screen, so they are read from the store that React was
   * given: the page has no hook for tests.
   */
  events(): Promise<SeenEvent[]> {
    return this.page.evaluate(() => {
      type Fiber = { memoizedProps?: { value?: unknown } | null; child?: Fiber | null; sibling?: Fiber | null };
      type Row = { kind: string; event: { kind: string; time: string; action: string; name: string; id: string } };
      type LiveValue = { store?: { view(): { events: { rows: Row[] } } }; connection?: unknown };
      const root = document.getElementById("root") as unknown as Record<string, Fiber>;
      const container = Object.keys(root).find((key) => key.startsWith("__reactContainer$"));
      const open: (Fiber | null | undefined)[] = [container ? root[container] : null];
      for (let fiber = open.pop(); fiber !== undefined; fiber = open.pop()) {
        const value = fiber?.memoizedProps?.value as LiveValue | undefined;
        if (value?.store && value.connection) {
          return value.store
            .view()
            .events.rows.filter((row) => row.kind === "event" && row.event.kind === "container")
            .map(({ event: { time, action, name, id } }) => ({ time, action, name, id }));
        }
        if (fiber?.sibling) open.push(fiber.sibling);
        if (fiber?.child) open.push(fiber.child);
      }
      throw new Error("the page's store was not found");
    });
  }
}

/** Runs in the page, before anything of the page's own. */
function watch(): void {
  const { performance } = window;
  const monotonic = performance.now.bind(performance);
  const watched: Watched = { now: () => monotonic() / 1000, said: [], unmounted: [] };
  Object.assign(window, { watched });
  const look = () => {
    const pill = document.querySelector<HTMLElement>("[data-pill]");
    const state = pill?.dataset.state;
    if (!pill || state === undefined || watched.said.at(-1)?.state === state) return;
    watched.said.push({ at: watched.now(), state, text: pill.textContent?.trim() ?? "" });
  };
  new MutationObserver((records) => {
    for (const record of records) {
      for (const node of record.removedNodes) {
        if (!(node instanceof HTMLElement)) continue;
        const rows = node.matches("[data-key]") ? [node] : node.querySelectorAll<HTMLElement>("[data-key]");
        for (const row of rows) watched.unmounted.push(row.dataset.name ?? "");
      }
    }
    look();
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-state"] });
}
