// A server for measuring the page alone: it serves web/dist and speaks just
// enough of docs/protocol.md to feed it N containers whose every cell changes
// each second, so that no engine and no sampler shares the page's cores.
//
// It sends what the page asked for (the rows on its screen each second, all
// others at its slower pace), as quaywatch does; or, with `everything`, every
// row each second whatever was asked, which no page of ours asks for. With
// `events`, so many times a second a container stops or starts, and the event
// that tells it comes in the same frame: for a page that asked for it as quaywatch
// paces a rush at a large engine (internal/hub/pace.go); without `paced`, each
// change by itself, whatever was asked.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const dist = fileURLToPath(new URL("../dist", import.meta.url));
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const golden = (name) => readFile(new URL(`../../api/golden/${name}.json`, import.meta.url), "utf8").then(JSON.parse);

export async function start(count, { everything = false, events = 0, paced = true } = {}) {
  const [welcome, container] = await Promise.all([golden("welcome"), golden("container")]);
  const server = createServer(async (req, res) => {
    const path = normalize(new URL(req.url, "http://x").pathname);
    if (path === "/api/v1/session") {
      res.setHeader("content-type", "application/json").end(JSON.stringify({ role: "admin" }));
      return;
    }
    const file = path === "/" ? "/index.html" : path;
    try {
      const body = await readFile(join(dist, `${file}.gz`));
      res.setHeader("content-encoding", "gzip");
      res.setHeader("content-type", types[extname(file)] ?? "application/octet-stream").end(body);
    } catch {
      res.writeHead(404).end();
    }
  });
  const timers = new Set();
  server.on("upgrade", (req, socket) => {
    const accept = createHash("sha1")
      .update(`${req.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: quaywatch.v1\r\n\r\n`,
    );
    const send = (message) => {
      if (!socket.destroyed) socket.write(textFrame(JSON.stringify(message)));
    };
    const each = (ms, f) => {
      const timer = setInterval(f, ms);
      timers.add(timer);
      socket.on("close", () => clearInterval(timer));
    };
    let beat = 0;
    let filter = null;
    let restAt = 0;
    const pace = new Pace();
    socket.on("error", () => socket.destroy());
    onText(socket, (text) => {
      for (const message of [JSON.parse(text)].flat()) {
        if (message.type === "hello") {
          send({ ...welcome, epoch: "bench", engines: welcome.engines });
          each(2000, () => send({ type: "ping", n: ++beat }));
        } else if (message.type === "ping") {
          send({ type: "pong", n: message.n });
        } else if (message.type === "sub") {
          send({ type: "subbed", id: message.id, topic: message.topic, recovered: false, seq: 1 });
          if (message.topic === "metrics") {
            const first = filter === null;
            filter = message.filter;
            if (!first) continue;
            let seq = 1;
            each(1000, () => {
              const now = Date.now();
              const rest = filter.restEveryMs > 0 && now - restAt >= filter.restEveryMs;
              if (rest) restAt = now;
              const all = everything || filter.all || rest;
              const samples = frame(all ? numbers(count) : filter.rows, ++seq, rest);
              send(pace.waits() ? [...pace.take(), samples] : samples);
            });
          } else {
            snapshot(message.topic, count, container, welcome, send);
            if (message.topic === "events" && events > 0) {
              const churn = churning(count, container);
              each(1000 / events, () => {
                const { row, deltas } = churn();
                pace.add(deltas);
                const waits = paced && filter?.paced && count >= CROWD && pace.rushes() && !filter.rows.includes(row);
                if (!waits) send(pace.take());
              });
            }
          }
        }
      }
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    stop: () => {
      for (const timer of timers) clearInterval(timer);
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The container of a row. */
function made(i, container) {
  const id = createHash("sha256").update(String(i)).digest("hex");
  const project = `project-${i % 40}`;
  return { ...container, id, row: i, project, service: `s${i % 7}`, name: `${project}-s${i % 7}-${i}` };
}

/** quaywatch's pace: see docs/protocol.md. */
const CROWD = 1000;
const RUSH_CHANGES = 8;
const RUSH_WITHIN_MS = 2000;

/** Changes that wait for the next frame of samples, merged. */
class Pace {
  #times = [];
  #deltas = [];

  add(deltas) {
    this.#times = [...this.#times, Date.now()].slice(-RUSH_CHANGES);
    if (this.#deltas.length === 0) this.#deltas = deltas;
    else this.#deltas = this.#deltas.map((d, i) => merged(d, deltas[i]));
  }

  /** Whether the last changes came so close together that what nobody looks at waits. */
  rushes() {
    return this.#times.length === RUSH_CHANGES && Date.now() - this.#times[0] < RUSH_WITHIN_MS;
  }

  waits() {
    return this.#deltas.length > 0;
  }

  take() {
    const deltas = this.#deltas;
    this.#deltas = [];
    return deltas;
  }
}

function merged(a, b) {
  const out = { ...a, seq: b.seq };
  if (b.added) out.added = [...a.added, ...b.added];
  if (b.changed) {
    out.changed = { ...a.changed };
    for (const [key, { set }] of Object.entries(b.changed)) {
      out.changed[key] = { set: { ...out.changed[key]?.set, ...set } };
    }
  }
  return out;
}

/** Makes deltas in which one container stops, or starts again, and tells which row it has. */
function churning(count, container) {
  const stopped = new Set();
  let seq = 1;
  return () => {
    const c = made(1 + Math.floor(Math.random() * count), container);
    const stops = !stopped.delete(c.id);
    if (stops) stopped.add(c.id);
    const time = new Date().toISOString();
    const set = stops
      ? { state: "exited", exitCode: 0, finishedAt: time, pid: 0 }
      : { state: "running", startedAt: time, exitCode: null, pid: 4711 };
    const { engine, id, name } = c;
    const action = stops ? "die" : "start";
    const attributes = stops ? { exitCode: "0" } : {};
    const event = { time, engine, kind: "container", action, detail: "", id, name, attributes, inferred: false };
    const at = { from: seq, seq: ++seq };
    const changed = { [`${engine}/${id}`]: { set } };
    return {
      row: c.row,
      deltas: [
        { type: "delta", topic: "containers", ...at, changed },
        { type: "delta", topic: "events", ...at, added: [{ ...event, seq }] },
      ],
    };
  };
}

function snapshot(topic, count, container, welcome, send) {
  const items = [];
  if (topic === "containers") {
    for (let i = 1; i <= count; i++) items.push(made(i, container));
  } else if (topic === "system") {
    items.push({ key: "server", server: welcome.server }, { key: welcome.engines[0].id, engine: welcome.engines[0] });
  }
  for (let i = 0, page = 0; i < items.length; i += 50, page++) {
    send({ type: "snap", topic, page, items: items.slice(i, i + 50) });
  }
  send({ type: "snapEnd", topic, seq: 1, count: items.length });
}

const numbers = (count) => Array.from({ length: count }, (_, i) => i + 1);

/** Every cell of these rows, all of them changed. */
function frame(rows, seq, rest) {
  const v = (top) => ({ v: rows.map(() => Math.floor(Math.random() * top)) });
  const cols = { cpu: v(40_000), mem: v(2e9), rxRate: v(1e7), txRate: v(1e7), readRate: v(1e7), writeRate: v(1e7) };
  return { type: "metrics", topic: "metrics", seq, at: Date.now(), rest, rows, cols };
}

/** An unmasked WebSocket text frame (RFC 6455, section 5.2). */
function textFrame(text) {
  const body = Buffer.from(text);
  const head = Buffer.alloc(body.length < 126 ? 2 : body.length < 65536 ? 4 : 10);
  head[0] = 0x81;
  if (body.length < 126) head[1] = body.length;
  else if (body.length < 65536) {
    head[1] = 126;
    head.writeUInt16BE(body.length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(body.length), 2);
  }
  return Buffer.concat([head, body]);
}

/** Reads the client's masked text frames; a close frame ends the socket. */
function onText(socket, listener) {
  let buffer = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      if (buffer.length < 2) return;
      let length = buffer[1] & 0x7f;
      let at = 2;
      if (length === 126) {
        if (buffer.length < 4) return;
        length = buffer.readUInt16BE(2);
        at = 4;
      } else if (length === 127) {
        if (buffer.length < 10) return;
        length = Number(buffer.readBigUInt64BE(2));
        at = 10;
      }
      if (buffer.length < at + 4 + length) return;
      const mask = buffer.subarray(at, at + 4);
      const body = Buffer.from(buffer.subarray(at + 4, at + 4 + length)).map((byte, i) => byte ^ mask[i & 3]);
      const opcode = buffer[0] & 0x0f;
      buffer = buffer.subarray(at + 4 + length);
      if (opcode === 1) listener(body.toString());
      else if (opcode === 8) socket.end();
    }
  });
}
