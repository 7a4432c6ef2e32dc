import { writeFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { Desktop } from "./support/desktop.ts";
import { FrameServer } from "./support/frames.ts";

const SIZES = [100, 1_500, 7_000, 65_536];
const COUNT = 300;
const TIMES = 5;

/** Opens a socket of either kind in the window: open(kind, url, onText) resolves with its send. */
const OPEN = `
  const open = (kind, url, onText, protocol) => kind === "native"
    ? new Promise((resolve, reject) => {
        const socket = protocol ? new WebSocket(url, protocol) : new WebSocket(url);
        socket.onmessage = (e) => onText(e.data);
        socket.onopen = () => resolve({ send: (t) => socket.send(t), close: () => socket.close() });
        socket.onerror = () => reject(new Error("no native socket"));
      })
    : (async () => {
        const t = window.__TAURI_INTERNALS__;
        let next = 0;
        const early = new Map();
        // The plugin's messages are numbered and may come in another order.
        const id = t.transformCallback(({ message, index }) => {
          if (index === undefined) return;
          early.set(index, message);
          for (; early.has(next); next++) {
            const m = early.get(next);
            early.delete(next);
            if (m.type === "Text") onText(m.data);
          }
        });
        const headers = protocol ? [["Sec-WebSocket-Protocol", protocol]] : [];
        const socket = await t.invoke("plugin:websocket|connect", { url, onMessage: "__CHANNEL__:" + id, config: { headers } });
        const send = (data) => t.invoke("plugin:websocket|send", { id: socket, message: { type: "Text", data } });
        return { send, close: () => t.invoke("plugin:websocket|send", { id: socket, message: { type: "Close", data: { code: 1000, reason: "" } } }) };
      })();`;

test("the plugin's socket beside the web view's own", async () => {
  const frames = await FrameServer.start();
  const app = await Desktop.start({ DOCKER_HOST: "unix:///nonexistent.sock" });
  try {
    await expect.poll(app.pill).toBe("engine-down");
    // Both are heard of by one native socket, so that they differ in one way only.
    const failed = await app.scriptAsync<string>(
      `const [url, done] = arguments; ${OPEN}
       (async () => {
         const heard = await open("native", url + "/heard", () => {});
         for (const kind of ["plugin", "native"])
           window["measured-" + kind] = await open(kind, url + "/" + kind, (text) => heard.send(String(parseInt(text, 10))));
       })().then(() => done(""), (e) => done(String(e)));`,
      frames.url,
    );
    expect(failed).toBe("");
    await expect.poll(() => frames.open.length).toBe(3);
    const measured = [];
    for (const bytes of SIZES) {
      await frames.measure("/plugin", bytes, 20);
      await frames.measure("/native", bytes, 20);
      const plugin = await frames.measure("/plugin", bytes, COUNT);
      const native = await frames.measure("/native", bytes, COUNT);
      measured.push({ bytes, plugin, native });
    }
    const snapshot = { plugin: [] as number[], native: [] as number[], frames: 0, bytes: 0 };
    for (let i = 0; i < TIMES; i++) {
      for (const kind of ["plugin", "native"] as const) {
        const one = await whole(app, kind, `${kind}-${i}`);
        snapshot[kind].push(one.ms);
        if (kind === "plugin") Object.assign(snapshot, { frames: one.frames, bytes: one.bytes });
      }
    }
    await writeFile(process.env.QUAYWATCH_MEASURE_OUT ?? "", JSON.stringify({ frames: measured, snapshot }));
  } finally {
    await app.stop();
    frames.stop();
  }
});

/** From the greeting to the end of the snapshot, parsed. */
async function whole(app: Desktop, kind: string, id: string) {
  const got = await app.scriptAsync<{ ms: number; frames: number; bytes: number; error?: string }>(
    `const [kind, url, token, id, done] = arguments; ${OPEN}
     let frames = 0, bytes = 0, began = 0, socket;
     const fail = (e) => done({ ms: 0, frames, bytes, error: String(e) });
     const take = (text) => {
       frames++;
       bytes += text.length;
       const all = JSON.parse(text);
       for (const m of Array.isArray(all) ? all : [all]) {
         if (m.type === "error") fail(JSON.stringify(m));
         if (m.type !== "snapEnd") continue;
         const ms = performance.now() - began;
         socket.close();
         done({ ms, frames, bytes });
       }
     };
     open(kind, url.replace(/^http/, "ws") + "/api/v1/stream", take, "quaywatch.v1").then((opened) => {
       socket = opened;
       began = performance.now();
       const maxFrame = kind === "plugin" ? { maxFrame: 8000 } : {};
       return socket.send(JSON.stringify({ type: "hello", v: 1, token, client: { id, name: "measure", version: "1" }, ...maxFrame }));
     }).then(() => socket.send(JSON.stringify({ type: "sub", id: 1, topic: "containers" }))).catch(fail);`,
    kind,
    process.env.QUAYWATCH_MEASURE_SERVER ?? "",
    process.env.QUAYWATCH_MEASURE_TOKEN ?? "",
    id,
  );
  if (got.error) throw new Error(got.error);
  return got;
}
