/**
 * One terminal's session: the socket, what goes over it, and how it ended. It knows
 * nothing of React or of the screen. It never connects again by itself: what ran is
 * gone with the link, and a new one would only look like it.
 */
import { conform, isObject } from "../../../api/check";
import type {
  ExecExit,
  ExecOpen,
  ExecOpened,
  ExecOptions,
  ExecText,
  ExecTook,
  Ping,
  WireError,
} from "../../../api/types.gen";
import type { Timers } from "../../../lib/timers";
import type { Socket, Sockets } from "../../../transport/socket";
import { InputFlow } from "./flow";
import { StringGuard } from "./guard";

export type Ended =
  /** The command ended, or the server ended the session: then it says why. */
  | { readonly how: "exit"; readonly exit: ExecExit }
  /** There never was one. */
  | { readonly how: "refused"; readonly message: string }
  /** The link went, and with it what ran. */
  | { readonly how: "lost" }
  | { readonly how: "left" };

export type Phase =
  | { readonly phase: "connecting" }
  | { readonly phase: "open"; readonly opened: ExecOpened }
  | { readonly phase: "ended"; readonly ended: Ended };

export interface Screen {
  /** Draws text and calls done when it has. */
  write(text: string, done: () => void): void;
}

export interface SessionParts {
  readonly sockets: Sockets;
  readonly timers: Timers;
  readonly screen: Screen;
  /** The container's id. */
  readonly container: string;
  readonly options: ExecOptions;
}

/** How long the way to a command that runs may take. The server and the engine have deadlines of their own. */
const CONNECT_MS = 45_000;
const PROTOCOL = 1;

export class TerminalSession {
  readonly #parts: SessionParts;
  readonly #socket: Socket;
  readonly #guard = new StringGuard();
  readonly #listeners = new Set<() => void>();
  #phase: Phase = { phase: "connecting" };
  #input: InputFlow | null = null;
  /** The server's last word, before the close that follows it. */
  #exit: ExecExit | null = null;
  #refusal = "";
  #size: { cols: number; rows: number };
  #stopWatch: () => void;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    const { cols, rows } = parts.options;
    this.#size = { cols, rows };
    this.#stopWatch = parts.timers.after(CONNECT_MS, () => this.#end({ how: "lost" }));
    const path = `/api/v1/containers/${encodeURIComponent(parts.container)}/exec`;
    this.#socket = parts.sockets.open(path, {
      onOpen: () => this.#hello(),
      onFrame: (text) => this.#receive(text),
      onClose: (_code, reason) => this.#closed(reason),
    });
  }

  readonly get = (): Phase => this.#phase;

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  };

  /** Types text; false where too much waits already. What is typed before it is open is lost. */
  type(text: string): boolean {
    return this.#input?.type(text) ?? true;
  }

  resize(cols: number, rows: number): void {
    if (cols === this.#size.cols && rows === this.#size.rows) return;
    this.#size = { cols, rows };
    if (this.#phase.phase === "open") this.#send({ type: "resize", cols, rows });
  }

  /** Ends it: the server ends what runs. */
  leave(): void {
    this.#end({ how: "left" });
  }

  #hello(): void {
    const { sockets, options } = this.#parts;
    const open: ExecOpen = { ...options, ...this.#size, type: "open", v: PROTOCOL, client: sockets.client };
    if (sockets.maxFrame > 0) open.maxFrame = sockets.maxFrame;
    this.#send(open);
  }

  #send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  #receive(text: string): void {
    if (this.#phase.phase === "ended") return;
    const message = decode(text);
    if (message === null) return;
    if (this.#phase.phase === "open") this.#watch(this.#phase.opened.heartbeatMs);
    switch (message.type) {
      case "opened":
        this.#begin(message);
        return;
      case "output":
        this.#draw(message);
        return;
      case "took":
        this.#input?.took(message.n);
        return;
      case "ping":
        this.#send({ type: "pong", n: message.n });
        return;
      case "exit":
        this.#exit = message;
        return;
      case "error":
        this.#refusal = message.message;
    }
  }

  #begin(opened: ExecOpened): void {
    this.#input = new InputFlow(opened.inputWindow, opened.frameCost, (piece) =>
      this.#send({ type: "input", ...piece }),
    );
    const asked = this.#parts.options;
    this.#watch(opened.heartbeatMs);
    this.#set({ phase: "open", opened });
    const { cols, rows } = this.#size;
    if (cols !== asked.cols || rows !== asked.rows) this.#send({ type: "resize", cols, rows });
  }

  /** Confirmed once it is drawn: so no more waits here than the server's window. */
  #draw({ n, text }: ExecText): void {
    this.#parts.screen.write(this.#guard.filter(text), () => {
      if (this.#phase.phase === "open") this.#send({ type: "took", n });
    });
  }

  /** A link that says nothing for so long is gone, whatever the socket thinks. */
  #watch(heartbeatMs: number): void {
    this.#stopWatch();
    this.#stopWatch = this.#parts.timers.after(heartbeatMs * 2.5, () => this.#end({ how: "lost" }));
  }

  #closed(reason: string): void {
    if (this.#exit !== null) this.#end({ how: "exit", exit: this.#exit });
    else if (this.#phase.phase === "open") this.#end({ how: "lost" });
    else if (this.#refusal !== "" || reason !== "") this.#end({ how: "refused", message: this.#refusal || reason });
    else this.#end({ how: "refused", message: "No connection to Quaywatch could be made for it." });
  }

  #end(ended: Ended): void {
    if (this.#phase.phase === "ended") return;
    this.#stopWatch();
    this.#input = null;
    this.#socket.close();
    this.#set({ phase: "ended", ended });
  }

  #set(phase: Phase): void {
    this.#phase = phase;
    for (const fn of [...this.#listeners]) fn();
  }
}

type Message = ExecOpened | (ExecText & { type: "output" }) | ExecTook | ExecExit | Ping | WireError;

/** What the server sends, by its type, and what it then must be. */
const SHAPES: Readonly<Record<string, string>> = {
  opened: "ExecOpened",
  output: "ExecText",
  took: "ExecTook",
  ping: "Ping",
  exit: "ExecExit",
  error: "WireError",
};

/** A message; null for what is none, or not known. */
function decode(text: string): Message | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const shape = isObject(value) ? SHAPES[String(value["type"])] : undefined;
  return shape === undefined ? null : (conform(value, shape) as Message | null);
}
