import PluginSocket, { type Message } from "@tauri-apps/plugin-websocket";
import { SUBPROTOCOL } from "../api/columns.gen";
import type { OpenSocket, Socket, SocketCallbacks } from "../transport/socket";
import type { Address, ServerLink } from "./serverLink";

/**
 * The plugin takes a message of up to 8,192 bytes to the page in one step; a
 * larger one costs a second trip. The server is asked for smaller frames.
 */
export const MAX_FRAME = 8_000;

/**
 * So many sends may be under way. The plugin holds one lock for all its sockets
 * while it sends: on one that is half open they pile up, and it is given up.
 */
export const MAX_UNSENT = 64;

/** openTauri opens sockets through the desktop app's WebSocket plugin. What it opens is a path of the server's; "" is the stream. */
export function openTauri(server: Pick<ServerLink, "address">): OpenSocket {
  return (path, callbacks) => new TauriSocket(server, path === "" ? "/api/v1/stream" : path, callbacks);
}

/**
 * A socket of the plugin. The plugin knows connect and send only: a message that
 * comes before its listener is there is lost (the client speaks first), an error
 * comes as a bare string and is the end, what is sent may be overtaken by what is
 * sent next, and a page that is reloaded leaves its socket open (the server drops
 * it when the same client comes again).
 */
class TauriSocket implements Socket {
  readonly #callbacks: SocketCallbacks;
  #socket: PluginSocket | null = null;
  #over = false;
  /** The sends that are under way: the next one waits for them. */
  #sent: Promise<void> = Promise.resolve();
  #unsent = 0;

  constructor(server: Pick<ServerLink, "address">, path: string, callbacks: SocketCallbacks) {
    this.#callbacks = callbacks;
    const address = server.address();
    // Nothing may be told before the caller has this object.
    if (address) void this.#open(address, path);
    else queueMicrotask(() => this.#end(1006, "The server is not running"));
  }

  async #open({ origin, token }: Address, path: string): Promise<void> {
    const headers: Record<string, string> = { "Sec-WebSocket-Protocol": SUBPROTOCOL };
    if (token !== "") headers["Authorization"] = `Bearer ${token}`;
    try {
      const socket = await PluginSocket.connect(`${origin.replace(/^http/, "ws")}${path}`, { headers });
      if (this.#over) {
        // Given up while it was opening.
        void leave(socket, 1000, "");
        return;
      }
      this.#socket = socket;
      // An error comes as a string, which the plugin's types don't say.
      socket.addListener((message: Message | string) => this.#receive(message));
      this.#callbacks.onOpen();
    } catch (error) {
      this.#end(1006, String(error));
    }
  }

  send(text: string): void {
    const socket = this.#socket;
    if (this.#over || !socket) return;
    if (this.#unsent >= MAX_UNSENT) {
      this.#end(1006, "The WebSocket plugin does not send any more");
      return;
    }
    this.#unsent++;
    // One after the other: the plugin's calls run side by side, and a later one
    // may overtake.
    this.#sent = this.#sent
      .then(() => socket.send(text))
      .then(
        () => {
          this.#unsent--;
        },
        (error: unknown) => this.#end(1006, String(error)),
      );
  }

  close(code = 1000, reason = ""): void {
    this.#over = true;
    const socket = this.#socket;
    this.#socket = null;
    if (socket) void this.#sent.then(() => leave(socket, code, reason));
  }

  #receive(message: Message | string): void {
    if (this.#over) return;
    if (typeof message === "string") {
      this.#end(1006, message);
      return;
    }
    switch (message.type) {
      case "Text":
        this.#callbacks.onFrame(message.data);
        return;
      case "Binary":
        // The protocol is text: a message that can't be read.
        this.#callbacks.onFrame("");
        return;
      case "Close":
        this.#end(message.data?.code ?? 1006, message.data?.reason ?? "");
    }
  }

  #end(code: number, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#socket = null;
    this.#callbacks.onClose(code, reason);
  }
}

/** Says goodbye. On a socket that is dead already that fails, and there is nobody to tell. */
async function leave(socket: PluginSocket, code: number, reason: string): Promise<void> {
  try {
    await socket.send({ type: "Close", data: { code, reason } });
  } catch {
    // It was gone.
  }
}
