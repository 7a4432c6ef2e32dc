/** The live data of a page, put together: a store and the connection that feeds it. */
import { ApiClient } from "../api/client";
import type { EngineStatus } from "../api/types.gen";
import { type Clock, createClock } from "../lib/clock";
import { browserFrames, browserTimers, type Frames, type Timers } from "../lib/timers";
import type { Authenticator } from "../transport/auth";
import { Connection, initialConnection } from "../transport/connection";
import { decodeLogs } from "../transport/decode";
import { LogStreams } from "../transport/logs";
import { QualityMeter } from "../transport/quality";
import { SessionAuth } from "../transport/session";
import { browserSignals, type Signals } from "../transport/signals";
import { type OpenSocket, openNative, type Sockets } from "../transport/socket";
import { browserTroubles, TroubleLog, type TroubleStorage } from "../transport/trouble";
import { LiveStore } from "./liveStore";
import { EVENT_ROWS } from "./state";
import { WatchList } from "./watch";

export interface Live {
  readonly store: LiveStore;
  readonly connection: Connection;
  readonly auth: Authenticator;
  readonly watch: WatchList;
  /** Containers' output: one log is open at a time. */
  readonly logs: LogStreams;
  /** For terminals: each has a socket of its own. */
  readonly sockets: Sockets;
  /** What went wrong with the connection, kept over reloads. */
  readonly trouble: TroubleLog;
  /** The REST API: actions, inspect data. */
  readonly client: ApiClient;
  readonly clock: Clock;
  /** Names this page's connection: Event.by.client of what was asked here. */
  readonly clientId: string;
}

/** What a test puts in the browser's place. */
export interface LiveParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly frames: Frames;
  readonly signals: Signals;
  readonly open: OpenSocket;
  readonly client: ApiClient;
  readonly auth: Authenticator;
  readonly random: () => number;
  readonly url: string;
  readonly clientId: string;
  readonly troubles: TroubleStorage;
  readonly maxFrame: number;
}

/**
 * createLive makes the page's live data; live.connection.connect() starts it.
 * The launch token, if there is one, is taken out of the address here.
 */
export function createLive(version: string, parts: Partial<LiveParts> = {}): Live {
  const clock = parts.clock ?? createClock();
  const timers = parts.timers ?? browserTimers;
  const frames = parts.frames ?? browserFrames;
  const clientId = parts.clientId ?? tabId();
  const client = parts.client ?? new ApiClient({ clientId });
  const auth = parts.auth ?? new SessionAuth(client);
  const trouble = new TroubleLog(parts.troubles ?? browserTroubles, clock);
  const store = new LiveStore({
    clock,
    frames,
    connection: initialConnection(clock),
    quality: new QualityMeter(clock).snapshot(),
    onEngines: engineTroubles(trouble),
  });
  const logs = new LogStreams({
    frames,
    timers,
    request: async (key, range) => decodeLogs(await client.logs(key, range)),
  });
  const open = parts.open ?? openNative;
  const self = { id: clientId, name: "web", version };
  const connection = new Connection({
    sink: store,
    logs,
    trouble,
    sync: (query) => client.sync(query),
    auth,
    open,
    url: parts.url ?? socketUrl(window.location, "/api/v1/stream"),
    client: self,
    maxFrame: parts.maxFrame,
    clock,
    timers,
    signals: parts.signals ?? browserSignals,
    random: parts.random ?? Math.random,
    lastEvents: EVENT_ROWS / 2,
  });
  const watch = new WatchList(timers, frames, connection.setMetrics);
  const sockets: Sockets = {
    // Whoever has another way to the server finds the path on it.
    open: (path, callbacks) => open(parts.url === undefined ? socketUrl(window.location, path) : path, callbacks),
    client: self,
    maxFrame: parts.maxFrame ?? 0,
  };
  return { store, connection, auth, watch, logs, sockets, trouble, client, clock, clientId };
}

function socketUrl(location: Location, path: string): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
}

/**
 * tabId names this tab. It is new with every load: a duplicated tab copies its
 * sessionStorage, and two tabs with one id would put each other out.
 */
function tabId(): string {
  // randomUUID needs a secure context, which plain http on another host is not.
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return `tab-${Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("")}`;
}

/** engineTroubles writes down when the server lost an engine, and when it had all of them again. */
function engineTroubles(trouble: TroubleLog): (engines: readonly EngineStatus[]) => void {
  let lost = "";
  return (engines) => {
    const down = engines.filter((e) => e.state === "unreachable");
    const now = down.map((e) => e.id).join();
    if (now === lost) return;
    lost = now;
    trouble.end("engine");
    if (down.length === 0) return;
    const codes = [...new Set(down.map((e) => e.errorCode))].filter((c) => c !== undefined && String(c) !== "");
    const which = down.length === engines.length ? "Docker" : `${down.length} of ${engines.length} engines`;
    trouble.add("engine", `Quaywatch did not reach ${which}${codes.length === 0 ? "" : ` (${codes.join(", ")})`}`);
  };
}
