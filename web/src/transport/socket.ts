import { SUBPROTOCOL } from "../api/columns.gen";
import type { ClientInfo } from "../api/types.gen";

/** What a socket calls. After onClose it calls nothing more. */
export interface SocketCallbacks {
  onOpen(): void;
  onFrame(text: string): void;
  /** code is 1006 when the socket just died. */
  onClose(code: number, reason: string): void;
}

/**
 * A connection that carries text frames: the browser's own WebSocket here, the
 * desktop shell's plugin elsewhere, a fake in tests.
 */
export interface Socket {
  /** Sends a frame; one on a socket that isn't open is dropped. */
  send(text: string): void;
  /** Gives the socket up: no callback comes any more, not even onClose. */
  close(code?: number, reason?: string): void;
}

/** Opens a socket. It throws nothing: what fails is told by onClose, later. */
export type OpenSocket = (url: string, callbacks: SocketCallbacks) => Socket;

/** Opens sockets of their own, for what is no part of the stream. */
export interface Sockets {
  /** path is the API's: /api/v1/…. */
  open(path: string, callbacks: SocketCallbacks): Socket;
  readonly client: ClientInfo;
  /** The largest frame that the carrier takes well; 0 is any. */
  readonly maxFrame: number;
}

/** openNative opens the browser's WebSocket. */
export const openNative: OpenSocket = (url, callbacks) => new NativeSocket(url, callbacks);

class NativeSocket implements Socket {
  #socket: WebSocket | null = null;
  #over = false;

  constructor(url: string, callbacks: SocketCallbacks) {
    try {
      this.#socket = new WebSocket(url, [SUBPROTOCOL]);
    } catch (err) {
      // A policy that forbids the address throws here instead of closing.
      queueMicrotask(() => this.#end(() => callbacks.onClose(1006, String(err))));
      return;
    }
    const socket = this.#socket;
    socket.onopen = () => {
      if (!this.#over) callbacks.onOpen();
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      // The protocol is text; a binary frame is a message that can't be read.
      if (!this.#over) callbacks.onFrame(typeof event.data === "string" ? event.data : "");
    };
    socket.onclose = (event) => this.#end(() => callbacks.onClose(event.code, event.reason));
  }

  send(text: string): void {
    if (!this.#over && this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  close(code = 1000, reason = ""): void {
    this.#over = true;
    try {
      this.#socket?.close(code, reason);
    } catch {
      // Already closing, or a code the browser does not take: it is given up either way.
    }
  }

  #end(tell: () => void): void {
    if (this.#over) return;
    this.#over = true;
    tell();
  }
}
