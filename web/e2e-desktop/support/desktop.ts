import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../e2e/support/port.ts";
import { run } from "../../e2e/support/run.ts";
import { WebDriver } from "../../e2e/support/webdriver.ts";
import type { ServerStatus } from "../../src/desktop/commands.ts";
import { type Process, processesWith } from "./processes.ts";

const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
const target = process.env.CARGO_TARGET_DIR ?? join(cache, "quaywatch/target");
/** The app that is tested, and what drives it. */
export const APP = process.env.QUAYWATCH_DESKTOP_APP ?? join(target, "release/quaywatch-desktop");
const DRIVER = process.env.QUAYWATCH_TAURI_DRIVER ?? join(cache, "quaywatch/tools/bin/tauri-driver");

let count = 0;

export interface DesktopOptions {
  /** A home directory of the caller's, who removes it; else one of its own. */
  readonly home?: string;
  /** A shell command that runs before it, on its display and bus. */
  readonly before?: string;
}

/** The app in its window, with a home, a display and a bus of its own. */
export class Desktop {
  private constructor(
    private readonly driver: WebDriver,
    /** Its home directory. */
    readonly home: string,
    private readonly mark: string,
    private readonly own: boolean,
  ) {}

  static async start(
    env: Record<string, string>,
    args: readonly string[] = [],
    options: DesktopOptions = {},
  ): Promise<Desktop> {
    const [port, native] = [await freePort(), await freePort()];
    const own = options.home === undefined;
    const home = options.home ?? (await mkdtemp(join(tmpdir(), "quaywatch-desktop-")));
    const mark = `${process.pid}-${++count}`;
    // A window manager, which closes and focuses windows as users do.
    const command = `openbox >/dev/null 2>&1 &\n${options.before ?? ""}\nexec ${DRIVER} --port ${port} --native-port ${native}`;
    const places = {
      HOME: home,
      XDG_CONFIG_HOME: join(home, ".config"),
      XDG_DATA_HOME: join(home, ".local/share"),
      XDG_CACHE_HOME: join(home, ".cache"),
    };
    try {
      const driver = await WebDriver.start(
        port,
        ["sh", "-c", command],
        { ...places, DOCKER_CONTEXT: "", QUAYWATCH_E2E_MARK: mark, ...env },
        { "tauri:options": { application: APP, args } },
      );
      return new Desktop(driver, home, mark, own);
    } catch (error) {
      if (own) await remove(home);
      throw error;
    }
  }

  /** All of its processes that run. */
  processes(): Promise<Process[]> {
    return processesWith(`QUAYWATCH_E2E_MARK=${this.mark}`);
  }

  /** The app's processes: one, but while another start hands over to it. */
  async apps(): Promise<Process[]> {
    return (await this.processes()).filter((p) => p.program === "quaywatch-desktop");
  }

  /** The servers, or what passes on to one elsewhere: one, but between an end and the next start. */
  async servers(): Promise<Process[]> {
    return (await this.processes()).filter((p) => p.program === "quaywatch" && p.args.includes("sidecar"));
  }

  /** The one app process. */
  async app(): Promise<Process> {
    const [app] = await this.apps();
    if (!app) throw new Error("the app does not run");
    return app;
  }

  /** Runs a program beside the app, on its display and bus. */
  async beside(program: string, ...args: string[]): Promise<string> {
    const { DISPLAY = "", DBUS_SESSION_BUS_ADDRESS = "", XAUTHORITY = "" } = (await this.app()).env;
    return run(program, args, { DISPLAY, DBUS_SESSION_BUS_ADDRESS, XAUTHORITY, HOME: this.home });
  }

  /** Starts the app once more, as a second click on its icon does; resolves with its exit code. */
  async again(...args: string[]): Promise<number | null> {
    const child = spawn(APP, args, { env: { ...process.env, ...(await this.app()).env }, stdio: "ignore" });
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", resolve);
    });
  }

  /** Whether the window is on the screen. */
  async visible(): Promise<boolean> {
    const windows = await this.beside("xdotool", "search", "--onlyvisible", "--class", "quaywatch-desktop").catch(
      () => "",
    );
    return windows !== "";
  }

  /** Where the window's contents are and how large, as "x y width height". */
  async place(): Promise<string> {
    const found = ["search", "--onlyvisible", "--class", "quaywatch-desktop"];
    const geometry = await this.beside("xdotool", ...found, "getwindowgeometry", "--shell");
    const read = (name: string) => new RegExp(`^${name}=(-?\\d+)$`, "m").exec(geometry)?.[1];
    return [read("X"), read("Y"), read("WIDTH"), read("HEIGHT")].join(" ");
  }

  /** How many colors the screen shows where the window is: one, where it is blank. */
  async colors(): Promise<number> {
    const [left = 0, top = 0, width = 0, height = 0] = (await this.place()).split(" ").map(Number);
    const file = join(this.home, "screen.xwd");
    await this.beside("xwd", "-root", "-silent", "-out", file);
    const dump = await readFile(file);
    // The dump's header is of 32-bit numbers: its size, …, the bytes of a line, …, the colors of a table.
    const pixels = dump.readUInt32BE(0) + 12 * dump.readUInt32BE(19 * 4);
    const line = dump.readUInt32BE(12 * 4);
    const seen = new Set<number>();
    for (let y = Math.max(0, top); y < Math.min(top + height, dump.readUInt32BE(5 * 4)); y++) {
      for (let x = Math.max(0, left); x < Math.min(left + width, dump.readUInt32BE(4 * 4)); x++) {
        seen.add(dump.readUInt32LE(pixels + y * line + x * 4) & 0xffffff);
      }
    }
    return seen.size;
  }

  /** The tray's menu, as its panel gets it: the lines' numbers by their words. */
  async tray(): Promise<Map<string, number>> {
    const text = await this.menu("GetLayout", "0", "--", "-1", "[]");
    const lines = text.matchAll(/\((\d+), \{[^{}]*?'label': <'([^']*)'>/g);
    return new Map([...lines].map(([, id, label]) => [label ?? "", Number(id)]));
  }

  /** Clicks on a line of the tray's menu, as its panel does. */
  async chooseInTray(words: string): Promise<void> {
    for (let i = 0; ; i++) {
      const id = (await this.tray().catch(() => null))?.get(words);
      if (id !== undefined) return void (await this.menu("Event", String(id), "clicked", "<''>", "0"));
      // The page makes it, and makes it anew.
      if (i === 300) throw new Error(`the tray's menu has no line ${words}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  private async menu(method: string, ...args: string[]): Promise<string> {
    const bus = ["--dest", "org.freedesktop.DBus", "--object-path", "/org/freedesktop/DBus"];
    const names = await this.beside("gdbus", "call", "--session", ...bus, "--method", "org.freedesktop.DBus.ListNames");
    for (const [name] of names.matchAll(/:\d+\.\d+/g)) {
      const item = ["--dest", name, "--object-path", "/org/ayatana/NotificationItem/tray_icon_tray_app_main/Menu"];
      const call = ["call", "--session", "--timeout", "30", ...item, "--method", `com.canonical.dbusmenu.${method}`];
      const answer = await this.beside("gdbus", ...call, ...args).catch(() => null); // another program's
      if (answer !== null) return answer;
    }
    throw new Error("there is no tray menu on the bus");
  }

  /** Types text on the display's keyboard, into the window. */
  async type(text: string): Promise<void> {
    const window = ["search", "--onlyvisible", "--class", "quaywatch-desktop"];
    await this.beside("xdotool", ...window, "windowactivate", "--sync", "type", "--delay", "30", text);
  }

  /** Closes the window as its frame's button does. */
  async close(): Promise<void> {
    await this.beside("wmctrl", "-x", "-c", "quaywatch-desktop");
  }

  status(): Promise<ServerStatus> {
    return this.invoke<ServerStatus>("server_status");
  }

  /** Calls one of the app's commands, as the page does. */
  async invoke<T>(command: string, args: Record<string, unknown> = {}): Promise<T> {
    const answer = await this.driver.scriptAsync<{ ok?: T; error?: string }>(
      `const [command, args, done] = arguments;
       window.__TAURI_INTERNALS__.invoke(command, args).then((ok) => done({ ok }), (e) => done({ error: String(e) }));`,
      command,
      args,
    );
    if (answer.error !== undefined) throw new Error(`${command}: ${answer.error}`);
    return answer.ok as T;
  }

  script<T>(body: string, ...args: unknown[]): Promise<T> {
    return this.driver.script<T>(body, ...args);
  }

  scriptAsync<T>(body: string, ...args: unknown[]): Promise<T> {
    return this.driver.scriptAsync<T>(body, ...args);
  }

  attribute(selector: string, name: string): Promise<string | null> {
    return this.script(
      `return document.querySelector(arguments[0])?.getAttribute(arguments[1]) ?? null`,
      selector,
      name,
    );
  }

  text(selector: string): Promise<string> {
    return this.script(`return document.querySelector(arguments[0])?.textContent ?? ""`, selector);
  }

  /** Clicks on the first element of a selector whose text or label contains words. */
  async click(selector: string, words = ""): Promise<void> {
    const found = await this.script<boolean>(
      `const [selector, words] = arguments;
       const element = [...document.querySelectorAll(selector)]
         .find((e) => ((e.getAttribute("aria-label") ?? "") + " " + e.textContent).includes(words));
       element?.click();
       return element !== undefined;`,
      selector,
      words,
    );
    if (!found) throw new Error(`nothing to click: ${selector} ${words}`);
  }

  /** Goes to a path of the page. */
  async go(path: string): Promise<void> {
    await this.script(`history.pushState(null, "", arguments[0])`, path);
  }

  /** Chooses in the select box of a label; tells whether it was there. */
  choose(label: string, option: string): Promise<boolean> {
    return this.script<boolean>(
      `const [label, option] = arguments;
       const words = (e) => e.textContent.trim();
       const box = [...document.querySelectorAll("select")].find((s) => [...s.labels].some((l) => words(l) === label));
       const wanted = [...(box?.options ?? [])].find((o) => words(o) === option);
       if (!wanted) return false;
       Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "value").set.call(box, wanted.value);
       box.dispatchEvent(new Event("change", { bubbles: true }));
       return true;`,
      label,
      option,
    );
  }

  pill = () => this.attribute("[data-pill]", "data-state");
  row = (name: string) => this.attribute(`[data-key][data-name="${name}"]`, "data-state");
  reload = () => this.driver.reload();
  screenshot = (path: string) => this.driver.screenshot(path);

  /** Ends everything, the display included. */
  async stop(): Promise<void> {
    await this.driver.stop();
    if (this.own) await remove(this.home);
  }
}

function remove(home: string): Promise<void> {
  return rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
