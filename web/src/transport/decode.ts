import { conform, isObject, type Json } from "../api/check";
import type { ServerMessage } from "../api/messages";
import type { LogsFrame } from "../api/types.gen";

export interface Decoded {
  readonly messages: readonly ServerMessage[];
  /** How many messages or items were no such thing and were left out. */
  readonly malformed: number;
}

/** The checked type of each message a server sends, by its "type". */
const TYPES: Readonly<Record<string, string>> = {
  welcome: "Welcome",
  subbed: "Subbed",
  snap: "Snap",
  snapEnd: "SnapEnd",
  delta: "Delta",
  mark: "Mark",
  metrics: "MetricsFrame",
  logs: "LogsFrame",
  resync: "Resync",
  error: "WireError",
  ping: "Ping",
  pong: "Pong",
};

/** What the items of a sequenced topic are. */
const ITEMS: Readonly<Record<string, string>> = {
  containers: "Container",
  system: "SystemItem",
  jobs: "Job",
  images: "Image",
  volumes: "Volume",
  networks: "Network",
  alerts: "Alert",
  events: "Event",
};

/** The topics without positions. */
const UNSEQUENCED: readonly unknown[] = ["metrics", "logs"];

/**
 * decodeFrame reads a text frame: one message or an array of them. It never
 * throws. Messages of a type or topic we don't know are passed over, as the
 * protocol asks; what claims to be a known one and isn't, counts as malformed.
 */
export function decodeFrame(text: string): Decoded {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { messages: [], malformed: 1 };
  }
  return decodeMessages(Array.isArray(value) ? value : [value]);
}

/** decodeMessages reads values that are said to be messages. */
export function decodeMessages(values: readonly unknown[]): Decoded {
  const messages: ServerMessage[] = [];
  let malformed = 0;
  for (const one of values) malformed += decodeOne(one, messages);
  return { messages, malformed };
}

/** decodeLogs reads the answer of a log that was asked for over HTTP; null when it is none. */
export function decodeLogs(value: unknown): LogsFrame | null {
  if (!isObject(value)) return null;
  const message = conform({ ...value, type: "logs", topic: "logs", id: 0, n: 0 }, "LogsFrame");
  return message && isWholeLog(message) ? (message as unknown as LogsFrame) : null;
}

/** decodeOne adds a message to `out` and returns how much of it was malformed. */
function decodeOne(value: unknown, out: ServerMessage[]): number {
  if (!isObject(value) || typeof value["type"] !== "string") return 1;
  const kind = value["type"];
  const type = Object.hasOwn(TYPES, kind) ? TYPES[kind] : undefined;
  if (!type) return 0;
  const message = conform(value, type);
  if (!message) return 1;
  if ("topic" in message && !UNSEQUENCED.includes(message["topic"]) && !isSequenced(message)) return 0;
  switch (kind) {
    case "snap":
      return decodeItems(message, "items", out);
    case "delta":
      return decodeItems(message, "added", out);
    case "snapEnd":
      if (!isSequenced(message)) return 0;
      break;
    case "welcome":
      if (!Number.isFinite(Date.parse(String(message["time"]))) || !(Number(message["heartbeatMs"]) > 0)) return 1;
      break;
    case "metrics":
      if (!isWholeFrame(message)) return 1;
      break;
    case "logs":
      if (!isWholeLog(message)) return 1;
      break;
  }
  // conform has checked every field of that type.
  out.push(message as unknown as ServerMessage);
  return 0;
}

function isSequenced(message: Json): boolean {
  return Object.hasOwn(ITEMS, String(message["topic"]));
}

/**
 * decodeItems checks the resources of a snapshot's page or a delta. A bad one is
 * left out of a snapshot; in a delta it spoils the whole, because the position
 * after it would be a lie: without it the next delta shows the gap.
 */
function decodeItems(message: Json, field: "items" | "added", out: ServerMessage[]): number {
  if (!isSequenced(message)) return 0;
  const items = message[field];
  if (items === undefined) {
    out.push(message as unknown as ServerMessage);
    return 0;
  }
  const type = ITEMS[String(message["topic"])] ?? "";
  const good: Json[] = [];
  let bad = 0;
  for (const item of items as readonly unknown[]) {
    const checked = conform(item, type);
    if (checked) good.push(checked);
    else bad++;
  }
  if (bad > 0 && field === "added") return bad;
  out.push({ ...message, [field]: good } as unknown as ServerMessage);
  return bad;
}

/** isWholeFrame checks that the cells of a metrics frame have rows to go to. */
function isWholeFrame(message: Json): boolean {
  const rows = (message["rows"] ?? []) as readonly number[];
  if (!rows.every((r) => Number.isInteger(r) && r >= 0)) return false;
  const cols = (message["cols"] ?? {}) as Readonly<Record<string, { i?: readonly number[]; v: readonly unknown[] }>>;
  for (const column of Object.values(cols)) {
    if (column.v.length !== (column.i ?? rows).length) return false;
    if (column.i && !column.i.every((i) => Number.isInteger(i) && i >= 0 && i < rows.length)) return false;
  }
  return true;
}

/** isWholeLog checks that the columns of a logs frame have a value for every line. */
function isWholeLog(message: Json): boolean {
  const column = (name: string) => (message[name] ?? []) as readonly number[];
  const lines = column("text").length;
  const src = column("src");
  const inside = (i: number) => Number.isInteger(i) && i >= 0 && i < lines;
  return (
    column("at").length === lines &&
    (src.length === 0 || src.length === lines) &&
    src.every((i) => Number.isInteger(i) && i >= 0) &&
    column("err").every(inside) &&
    column("cut").every(inside)
  );
}
