import type { ServerMessage } from "../api/messages";
import type { OpenSocket, Socket, SocketCallbacks } from "./socket";

/** A socket whose other end is the test. */
export class FakeSocket implements Socket {
  readonly url: string;
  /** What the client sent, parsed. */
  readonly sent: Record<string, unknown>[] = [];
  /** What the client closed it with, null while it has not. */
  closedWith: { code: number; reason: string } | null = null;
  readonly #callbacks: SocketCallbacks;

  constructor(url: string, callbacks: SocketCallbacks) {
    this.url = url;
    this.#callbacks = callbacks;
  }

  send(text: string): void {
    if (!this.closedWith) this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(code = 1000, reason = ""): void {
    this.closedWith ??= { code, reason };
  }

  // The server's side. A socket that was given up still calls back here, as a
  // careless one would: the connection has to ignore it by generation.

  open(): void {
    this.#callbacks.onOpen();
  }

  /** One frame: an array of messages, or whatever text a server should never send. */
  frame(content: readonly ServerMessage[] | ServerMessage | string): void {
    this.#callbacks.onFrame(typeof content === "string" ? content : JSON.stringify(content));
  }

  end(code: number, reason = ""): void {
    this.#callbacks.onClose(code, reason);
  }
}

/** The sockets a connection has opened, in order. */
export class FakeNetwork {
  readonly sockets: FakeSocket[] = [];

  readonly open: OpenSocket = (url, callbacks) => {
    const socket = new FakeSocket(url, callbacks);
    this.sockets.push(socket);
    return socket;
  };

  get last(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("no socket was opened");
    return socket;
  }
}
