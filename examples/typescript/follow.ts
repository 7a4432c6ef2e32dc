// Prints the containers of a Quaywatch server as they come (+), change (~) and
// go (-), and goes on where it was after a cut. The protocol stands in
// docs/protocol.md. With Node.js 22.18 or newer, which run TypeScript:
//
//   QUAYWATCH_TOKEN=… node examples/typescript/follow.ts http://127.0.0.1:7420
type Container = { engine: string; id: string; name: string; state: string };
type Message = {
  type: string; epoch: string; from: number; seq: number; n: number;
  items: Container[]; added?: Container[]; removed?: string[];
  changed?: Record<string, { set?: Partial<Container>; unset?: string[] }>;
};

const url = `${process.argv[2]}/api/v1/stream`.replace(/^http/, "ws");
const sub = { type: "sub", id: 1, topic: "containers" };
const keyOf = (c: Container) => `${c.engine}/${c.id}`;
const known = new Map<string, Container>();
let pages: Container[] = []; // of a snapshot that has not ended
let epoch = "";
let seq = 0;
let wait = 500;

function put(key: string, c: Container) {
  const old = known.get(key);
  if (JSON.stringify(old) !== JSON.stringify(c)) console.log(old ? "~" : "+", c.name, c.state);
  known.set(key, c);
}

function remove(key: string) {
  if (known.has(key)) console.log("-", known.get(key)?.name);
  known.delete(key);
}

function handle(m: Message, say: (answer: object) => void) {
  if (m.type === "welcome") epoch = m.epoch;
  else if (m.type === "ping") say({ type: "pong", n: m.n });
  else if (m.type === "subbed" || m.type === "resync") pages = [];
  else if (m.type === "snap") pages.push(...m.items);
  else if (m.type === "snapEnd") {
    const fresh = new Set(pages.map(keyOf)); // the pages replace what we had
    for (const key of known.keys()) if (!fresh.has(key)) remove(key);
    for (const c of pages) put(keyOf(c), c);
    seq = m.seq;
  } else if (m.type === "delta" && m.seq > seq && m.from !== seq) {
    say(sub); // a gap: once more, from a snapshot
  } else if ((m.type === "delta" || m.type === "mark") && m.seq > seq) {
    for (const c of m.added ?? []) put(keyOf(c), c);
    for (const [key, { set }] of Object.entries(m.changed ?? {})) put(key, { ...(known.get(key) as Container), ...set });
    for (const key of m.removed ?? []) remove(key);
    seq = m.seq;
  }
}

function connect() {
  const socket = new WebSocket(url, "quaywatch.v1");
  const say = (message: object) => socket.send(JSON.stringify(message));
  let watchdog = setTimeout(() => again(), 5000);
  const again = (code = 0) => {
    clearTimeout(watchdog);
    socket.onmessage = socket.onclose = null; // whatever it still says is old
    socket.close();
    if (code >= 4400 && code < 4500) process.exit(1); // refused: trying again would not help
    setTimeout(connect, Math.random() * wait); // full jitter: not all clients at once
    wait = Math.min(2 * wait, 15_000);
  };
  socket.onclose = (event) => again(event.code);
  socket.onopen = () => {
    say({ type: "hello", v: 1, token: process.env.QUAYWATCH_TOKEN, client: { id: `ts-${process.pid}` }, resume: { epoch, topics: { containers: seq } } });
    say(sub);
  };
  socket.onmessage = (event) => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => again(), 5000); // the server pings every two
    const frame: Message | Message[] = JSON.parse(event.data);
    for (const m of Array.isArray(frame) ? frame : [frame]) handle(m, say);
    wait = 500;
  };
}
connect();
