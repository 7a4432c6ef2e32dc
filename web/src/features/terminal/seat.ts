/**
 * Whoever sits at a container's terminal: the screen, the session, what was asked
 * for, and the questions that are open. A component draws it; sockets, timers and
 * the screen's elements are here.
 */
import { announce } from "../../components/Announcer";
import { holdLeaving } from "../../components/leaving";
import { browserTimers } from "../../lib/timers";
import type { Sockets } from "../../transport/socket";
import { optionsOf, PLAIN, type Wanted } from "./model/options";
import { type Ended, TerminalSession } from "./model/session";
import { endedWords } from "./model/words";
import { TerminalScreen } from "./screen/terminalScreen";

export interface SeatState {
  /** Counts what was started; 0 before the first. */
  readonly run: number;
  readonly phase: "idle" | "connecting" | "open" | "ended";
  readonly ended: Ended | null;
  /** Something on the screen is selected. */
  readonly selected: boolean;
  /** Whether to leave is asked. */
  readonly leaving: boolean;
  /** An address that the program's link leads to, to be confirmed. */
  readonly link: string | null;
  /** What the user should know of, besides the end. */
  readonly notice: string;
}

const IDLE: SeatState = { run: 0, phase: "idle", ended: null, selected: false, leaving: false, link: null, notice: "" };

export class Seat {
  readonly #sockets: Sockets;
  readonly #container: string;
  readonly #name: string;
  readonly #listeners = new Set<() => void>();
  #state: SeatState = IDLE;
  #screen: TerminalScreen | null = null;
  #session: TerminalSession | null = null;
  #release: (() => void) | null = null;
  #answer: ((leave: boolean) => void) | null = null;
  /** What was asked for last. */
  wanted: Wanted = PLAIN;
  /** Where the focus goes when it leaves the terminal. */
  onLeaveKey: () => void = () => {};

  constructor(sockets: Sockets, container: string, name: string) {
    this.#sockets = sockets;
    this.#container = container;
    this.#name = name;
  }

  readonly get = (): SeatState => this.#state;

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  };

  /** Starts what is wanted, once there is a place for it: begin follows. */
  start(wanted: Wanted): void {
    this.#clear();
    this.wanted = wanted;
    this.#set({ ...IDLE, phase: "connecting", run: this.#state.run + 1 });
  }

  /** Opens the screen in host, which must be in sight, and the session with it. */
  begin(host: HTMLElement): void {
    const asked = optionsOf(this.wanted);
    if (!("what" in asked) || this.#screen !== null) return;
    const screen = new TerminalScreen(host, `Terminal of ${this.#name}. Control Shift L leaves it.`, {
      onType: (text) => this.#type(text),
      onSize: (cols, rows) => this.#session?.resize(cols, rows),
      onLink: (link) => this.#set({ link }),
      onSelect: (selected) => this.#set({ selected }),
      onLeave: () => this.onLeaveKey(),
      onCopied: copied,
    });
    this.#screen = screen;
    const session = new TerminalSession({
      sockets: this.#sockets,
      timers: browserTimers,
      screen,
      container: this.#container,
      options: { ...asked.what, ...screen.size },
    });
    this.#session = session;
    session.subscribe(() => this.#changed(session));
    this.#release = holdLeaving(() => this.#askToLeave());
    screen.focus();
  }

  /** Ends what runs. */
  end(): void {
    this.#session?.leave();
  }

  focus(): void {
    this.#screen?.focus();
  }

  async copy(): Promise<void> {
    copied((await this.#screen?.copy()) ?? false);
  }

  async paste(): Promise<void> {
    try {
      this.#screen?.paste(await navigator.clipboard.readText());
    } catch {
      this.#set({
        notice: "The browser does not hand over the clipboard: press Ctrl+Shift+V, or ⌘V, in the terminal.",
      });
    }
    this.#screen?.focus();
  }

  /** Answers whether to leave. */
  answer(leave: boolean): void {
    const answer = this.#answer;
    this.#answer = null;
    this.#set({ leaving: false });
    answer?.(leave);
    if (!leave) this.focus();
  }

  closeLink(): void {
    this.#set({ link: null });
    this.focus();
  }

  /** The view has gone, and what runs goes with it. */
  dispose(): void {
    this.#clear();
    this.#listeners.clear();
  }

  #clear(): void {
    this.#session?.leave();
    this.#session = null;
    this.#screen?.dispose();
    this.#screen = null;
    this.#free();
  }

  #free(): void {
    this.#release?.();
    this.#release = null;
    this.#answer?.(true);
    this.#answer = null;
  }

  #type(text: string): void {
    if (this.#session?.type(text) === false) {
      this.#set({ notice: "That was too much at once: up to 1 MB can be pasted that the program has not read." });
    } else if (this.#state.notice !== "") {
      this.#set({ notice: "" });
    }
  }

  #askToLeave(): Promise<boolean> {
    this.#answer?.(false);
    this.#set({ leaving: true });
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  #changed(session: TerminalSession): void {
    if (session !== this.#session) return;
    const now = session.get();
    if (now.phase !== "ended") {
      this.#set({ phase: now.phase });
      return;
    }
    this.#screen?.freeze();
    this.#free();
    this.#set({ phase: "ended", ended: now.ended, leaving: false });
    announce(endedWords(now.ended).text);
  }

  #set(change: Partial<SeatState>): void {
    this.#state = { ...this.#state, ...change };
    for (const fn of [...this.#listeners]) fn();
  }
}

function copied(ok: boolean): void {
  announce(ok ? "Selection copied" : "Nothing was copied: nothing is selected, or the browser refused the clipboard");
}
