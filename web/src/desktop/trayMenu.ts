/**
 * The icon in the tray and its menu, drawn through Tauri's own commands. The
 * shell made the icon, and carries out "open" and "quit" of whatever menu it has.
 */
import { CheckMenuItem, Menu, MenuItem } from "@tauri-apps/api/menu";
import { TrayIcon } from "@tauri-apps/api/tray";
import errorIcon from "../../../desktop/icons/tray/error.png?inline";
import okIcon from "../../../desktop/icons/tray/ok.png?inline";
import warningIcon from "../../../desktop/icons/tray/warning.png?inline";
import type { TrayView } from "./tray";

const ICONS = { none: okIcon, warning: warningIcon, error: errorIcon } as const;

/** What is chosen in the menu. */
export interface TrayChoices {
  project(action: "start" | "stop", project: string): void;
  pause(): void;
}

/** A menu that the tray has, and its lines that change. */
interface Shown {
  readonly menu: Menu;
  readonly summary: MenuItem;
  readonly states: readonly MenuItem[];
  readonly pause: CheckMenuItem;
}

export class TrayMenu {
  readonly #choices: TrayChoices;
  #wanted: TrayView | null = null;
  #working = false;
  #view: TrayView | null = null;
  #shown: Shown | null = null;

  constructor(choices: TrayChoices) {
    this.#choices = choices;
  }

  /** Has the tray show a view: at once, or after what is on its way. Of several that wait, the last counts. */
  show(view: TrayView): void {
    this.#wanted = view;
    if (!this.#working) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working = true;
    try {
      for (let view = this.#take(); view !== null; view = this.#take()) {
        await this.#draw(view);
        this.#view = view;
      }
    } catch {
      // What could not be drawn now is drawn anew with the next change.
      this.#shown = null;
      this.#view = null;
    } finally {
      this.#working = false;
    }
  }

  #take(): TrayView | null {
    const view = this.#wanted;
    this.#wanted = null;
    return view;
  }

  async #draw(view: TrayView): Promise<void> {
    const icon = await TrayIcon.getById("main");
    if (!icon) return;
    const before = this.#view;
    if (before?.trouble !== view.trouble) await icon.setIcon(bytesOf(ICONS[view.trouble]));
    if (before?.summary !== view.summary) await icon.setTooltip(`Quaywatch: ${view.summary}`);
    const shown = this.#shown;
    if (shown && before && sameNames(before, view)) {
      // A menu that is replaced closes in the user's hand.
      if (before.summary !== view.summary) await shown.summary.setText(view.summary);
      await shown.pause.setChecked(view.paused);
      for (const [i, [, state]] of view.projects.entries()) {
        if (before.projects[i]?.[1] !== state) await shown.states[i]?.setText(state);
      }
      return;
    }
    this.#shown = await this.#make(view);
    await icon.setMenu(this.#shown.menu);
    if (shown) await Promise.all([shown.menu, shown.summary, shown.pause, ...shown.states].map((item) => item.close()));
  }

  async #make(view: TrayView): Promise<Shown> {
    const { project, pause: onPause } = this.#choices;
    const summary = await MenuItem.new({ text: view.summary, enabled: false });
    const states = await Promise.all(view.projects.map(([, text]) => MenuItem.new({ text, enabled: false })));
    const pause = await CheckMenuItem.new({
      text: "Pause notifications for an hour",
      checked: view.paused,
      action: onPause,
    });
    const menu = await Menu.new({
      items: [
        summary,
        { item: "Separator" },
        { id: "open", text: "Open Quaywatch" },
        { item: "Separator" },
        ...view.projects.map(([name], i) => ({
          // An ampersand is a letter here, not the sign of a shortcut.
          text: name.replaceAll("&", "&&"),
          items: [
            ...states.slice(i, i + 1),
            { text: "Start", action: () => project("start", name) },
            { text: "Stop", action: () => project("stop", name) },
          ],
        })),
        { item: "Separator" },
        pause,
        { item: "Separator" },
        { id: "quit", text: "Quit" },
      ],
    });
    return { menu, summary, states, pause };
  }
}

const sameNames = (a: TrayView, b: TrayView) =>
  a.projects.length === b.projects.length && a.projects.every(([name], i) => b.projects[i]?.[0] === name);

/** The bytes of a data URL. */
function bytesOf(url: string): Uint8Array {
  return Uint8Array.from(atob(url.slice(url.indexOf(",") + 1)), (c) => c.charCodeAt(0));
}
