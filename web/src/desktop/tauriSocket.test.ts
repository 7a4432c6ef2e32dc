import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MAX_UNSENT, openTauri } from "./tauriSocket";

/** The plugin as it is: connect and send, and nothing else. */
class Plugin {
  readonly sent: { id: number; message: { type: string; data: unknown } }[] = [];
  connects: { url: string; config: { headers: [string, string][] } }[] = [];
  /** Waits before a connect is answered, or a send. */
  gate: Promise<void> = Promise.resolve();
  sendGate: Promise<void> = Promise.resolve();
  refuse: string | null = null;
  #deliver: ((message: unknown) => void)[] = [];

  readonly handle = async (command: string, args: unknown): Promise<unknown> => {
    const a = args as {
      id: number;
      url: string;
      message: { type: string; data: unknown };
      config: { headers: [string, string][] };
      onMessage: { onmessage(message: unknown): void };
    };
    switch (command) {
      case "plugin:websocket|connect": {
        await this.gate;
        if (this.refuse !== null) throw this.refuse;
        this.connects.push({ url: a.url, config: a.config });
        this.#deliver.push((message) => a.onMessage.onmessage(message));
        return this.#deliver.length;
      }
      case "plugin:websocket|send":
        await this.sendGate;
        this.sent.push({ id: a.id, message: a.message });
        return null;
      default:
        throw new Error(`the plugin has no ${command}`);
    }
  };

  deliver(message: unknown, socket = 0): void {
    this.#deliver[socket]?.(message);
  }
}

const server = {
  address: () => ({ origin: "http://127.0.0.1:7420", token: "qw_secret" }),
};
let plugin: Plugin;

beforeEach(() => {
  vi.stubGlobal("window", globalThis);
  plugin = new Plugin();
  mockIPC(plugin.handle as Parameters<typeof mockIPC>[0]);
});

afterEach(() => {
  clearMocks();
  vi.unstubAllGlobals();
});

function open(from: Parameters<typeof openTauri>[0] = server) {
  const told: string[] = [];
  const socket = openTauri(from)("", {
    onOpen: () => told.push("open"),
    onFrame: (text) => told.push(`frame ${text}`),
    onClose: (code, reason) => told.push(`close ${code} ${reason}`),
  });
  return { socket, told };
}

const turn = () => new Promise<void>((done) => setTimeout(done));

test("opens the stream, or another path of the server", async () => {
  const callbacks = { onOpen: vi.fn(), onFrame: vi.fn(), onClose: vi.fn() };
  openTauri(server)("", callbacks);
  openTauri(server)("/api/v1/containers/c1/exec", callbacks);
  await vi.waitFor(() => expect(callbacks.onOpen).toHaveBeenCalledTimes(2));
  expect(plugin.connects.map((c) => c.url)).toEqual([
    "ws://127.0.0.1:7420/api/v1/stream",
    "ws://127.0.0.1:7420/api/v1/containers/c1/exec",
  ]);
});

test("it connects with the subprotocol, and the token in a header and not in the address", async () => {
  const { told } = open();
  expect(told).toEqual([]);
  await turn();
  expect(told).toEqual(["open"]);
  expect(plugin.connects[0]?.url).toBe("ws://127.0.0.1:7420/api/v1/stream");
  const headers = new Map(plugin.connects[0]?.config.headers);
  expect(headers.get("sec-websocket-protocol")).toBe("quaywatch.v1");
  expect(headers.get("authorization")).toBe("Bearer qw_secret");
});

test("text travels both ways; what is not text is a frame that can't be read", async () => {
  const { socket, told } = open();
  socket.send("too early");
  await turn();
  socket.send("hello");
  plugin.deliver({ type: "Text", data: "[1]" });
  plugin.deliver({ type: "Ping", data: [] });
  plugin.deliver({ type: "Binary", data: [1, 2] });
  await turn();
  expect(plugin.sent).toEqual([{ id: 1, message: { type: "Text", data: "hello" } }]);
  expect(told).toEqual(["open", "frame [1]", "frame "]);
});

test("an error comes as a bare string and is the end", async () => {
  const { socket, told } = open();
  await turn();
  plugin.deliver("WebSocket protocol error: Connection reset without closing handshake");
  plugin.deliver({ type: "Text", data: "late" });
  socket.send("late");
  await turn();
  expect(told).toEqual(["open", "close 1006 WebSocket protocol error: Connection reset without closing handshake"]);
  expect(plugin.sent).toEqual([]);
});

test("the server's close is told with its code; one without a code is 1006", async () => {
  const first = open();
  await turn();
  plugin.deliver({ type: "Close", data: { code: 4401, reason: "sign in" } });
  const second = open();
  await turn();
  plugin.deliver({ type: "Close", data: null }, 1);
  expect(first.told).toEqual(["open", "close 4401 sign in"]);
  expect(second.told).toEqual(["open", "close 1006 "]);
});

test("what can't be reached, and no server at all, is told later and once", async () => {
  plugin.refuse = "IO error: Connection refused (os error 111)";
  const refused = open();
  const none = open({ address: () => null });
  expect(refused.told.concat(none.told)).toEqual([]);
  await turn();
  expect(refused.told).toEqual(["close 1006 IO error: Connection refused (os error 111)"]);
  expect(none.told).toEqual(["close 1006 The server is not running"]);
});

test("one that is given up while it opens says nothing, and is closed when it opened", async () => {
  let letThrough = () => {};
  plugin.gate = new Promise((done) => {
    letThrough = done;
  });
  const { socket, told } = open();
  socket.close();
  letThrough();
  await turn();
  plugin.deliver({ type: "Text", data: "x" });
  expect(told).toEqual([]);
  expect(plugin.sent).toEqual([{ id: 1, message: { type: "Close", data: { code: 1000, reason: "" } } }]);
});

test("close says goodbye, and nothing is told after it", async () => {
  const { socket, told } = open();
  await turn();
  socket.close(4000, "stalled");
  plugin.deliver("reset");
  await turn();
  expect(plugin.sent).toEqual([{ id: 1, message: { type: "Close", data: { code: 4000, reason: "stalled" } } }]);
  expect(told).toEqual(["open"]);
});

test("what is sent arrives in its order, however long the plugin takes over one", async () => {
  const { socket } = open();
  await turn();
  let letThrough = () => {};
  plugin.sendGate = new Promise((done) => {
    letThrough = done;
  });
  socket.send("hello");
  await turn();
  plugin.sendGate = Promise.resolve();
  socket.send("subscribe");
  socket.close();
  await turn();
  expect(plugin.sent).toEqual([]);
  letThrough();
  await turn();
  expect(plugin.sent.map((s) => s.message.data)).toEqual(["hello", "subscribe", { code: 1000, reason: "" }]);
});

test("a socket on which sends hang is given up before they are too many", async () => {
  const { socket, told } = open();
  await turn();
  plugin.sendGate = new Promise(() => {});
  for (let i = 0; i <= MAX_UNSENT; i++) socket.send(String(i));
  expect(told).toEqual(["open", "close 1006 The WebSocket plugin does not send any more"]);
});
