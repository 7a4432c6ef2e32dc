/** The terminal that is seen: xterm.js, kept to what a page may let a foreign program do. */
import "@xterm/xterm/css/xterm.css";
import "./terminal.css";
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import { copyText } from "../../../components/copyText";
import { readerPreference, sizePreference } from "../model/preferences";
import type { Screen } from "../model/session";
import { holdSpanStyles, whileOpening } from "./ownStyles";
import { onTheme, themeOf } from "./theme";

/** Lines above the screen. A line of 100 cells takes 1.2 KB. */
const SCROLLBACK = 5_000;

export interface ScreenEvents {
  onType(text: string): void;
  onSize(cols: number, rows: number): void;
  /** A hyperlink of the program's was clicked. Its address is the program's, not what one saw. */
  onLink(address: string): void;
  /** Something is selected, or no longer. */
  onSelect(some: boolean): void;
  /** The key that leaves the terminal was pressed. */
  onLeave(): void;
  onCopied(ok: boolean): void;
}

/**
 * A program may draw, and nothing else: it can't set the clipboard (xterm.js has no
 * OSC 52 by itself), the page's title (nobody listens), the window (windowOptions
 * are off), or open an address (a click asks first). Addresses in text are no links.
 */
export class TerminalScreen implements Screen {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #undo: (() => void)[] = [];

  constructor(host: HTMLElement, label: string, events: ScreenEvents) {
    const root = document.documentElement;
    const terminal = new Terminal({
      fontFamily: getComputedStyle(root).getPropertyValue("--font-mono"),
      fontSize: Number(sizePreference.get()),
      lineHeight: 1.15,
      scrollback: SCROLLBACK,
      theme: themeOf(root),
      minimumContrastRatio: contrastOf(root),
      screenReaderMode: readerPreference.get() === "on",
      cursorBlink: false,
      macOptionIsMeta: true,
      linkHandler: { activate: (_event, address) => events.onLink(address), allowNonHttpProtocols: false },
    });
    this.#terminal = terminal;
    terminal.loadAddon(this.#fit);
    whileOpening(document, () => terminal.open(host));
    terminal.textarea?.setAttribute("aria-label", label);
    terminal.onData(events.onType);
    terminal.onResize(({ cols, rows }) => events.onSize(cols, rows));
    terminal.onSelectionChange(() => events.onSelect(terminal.hasSelection()));
    terminal.attachCustomKeyEventHandler((e) => this.#key(e, events));
    this.fit();
    const observer = new ResizeObserver(() => requestAnimationFrame(() => this.fit()));
    observer.observe(host);
    const look = () => {
      terminal.options.theme = themeOf(root);
      terminal.options.minimumContrastRatio = contrastOf(root);
    };
    this.#undo.push(
      holdSpanStyles(),
      () => observer.disconnect(),
      onTheme(root, look),
      readerPreference.subscribe(() => {
        terminal.options.screenReaderMode = readerPreference.get() === "on";
      }),
      sizePreference.subscribe(() => {
        terminal.options.fontSize = Number(sizePreference.get());
        this.fit();
      }),
    );
  }

  get size(): { cols: number; rows: number } {
    return { cols: this.#terminal.cols, rows: this.#terminal.rows };
  }

  write(text: string, done: () => void): void {
    this.#terminal.write(text, done);
  }

  focus(): void {
    this.#terminal.focus();
  }

  /** Nothing can be typed any more; what is there can be read and copied. */
  freeze(): void {
    this.#terminal.options.disableStdin = true;
    this.#terminal.options.cursorInactiveStyle = "none";
  }

  fit(): void {
    const wanted = this.#fit.proposeDimensions();
    if (!wanted || !Number.isFinite(wanted.cols) || !Number.isFinite(wanted.rows)) return;
    this.#terminal.resize(Math.min(1000, Math.max(2, wanted.cols)), Math.min(1000, Math.max(1, wanted.rows)));
  }

  async copy(): Promise<boolean> {
    const ok = this.#terminal.hasSelection() && (await copyText(this.#terminal.getSelection()));
    this.focus();
    return ok;
  }

  paste(text: string): void {
    this.#terminal.paste(text);
  }

  dispose(): void {
    this.#terminal.dispose();
    for (const fn of this.#undo) fn();
  }

  /** False for keys that are not the program's. */
  #key(e: KeyboardEvent, events: ScreenEvents): boolean {
    if (!e.ctrlKey || e.altKey || e.metaKey) return true;
    const key = e.key.toLowerCase();
    // The browser pastes by itself, and xterm.js hears of that.
    if ((e.shiftKey && key === "v") || (e.shiftKey && key === "insert")) return false;
    const copies = (e.shiftKey && key === "c") || key === "insert";
    const leaves = e.shiftKey && key === "l";
    if (!copies && !leaves) return true;
    e.preventDefault();
    e.stopPropagation();
    if (e.type !== "keydown") return false;
    if (leaves) events.onLeave();
    else void this.copy().then(events.onCopied);
    return false;
  }
}

function contrastOf(root: HTMLElement): number {
  return root.dataset["theme"] === "contrast" ? 7 : 4.5;
}
