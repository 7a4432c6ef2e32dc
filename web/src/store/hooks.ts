/** The live data as React hooks: narrow selectors over one store. */
import { createContext, useContext, useEffect, useId, useMemo, useSyncExternalStore } from "react";
import type { ColumnName } from "../api/columns.gen";
import type { Alert, DiskUsage, EngineStatus, Image, Job, Network, ServerStatus, Volume } from "../api/types.gen";
import type { SignIn } from "../transport/auth";
import type { Quality } from "../transport/quality";
import type { ConnectionState } from "../transport/sink";
import type { OptionalTopic } from "../transport/topics";
import type { Trouble } from "../transport/trouble";
import type { ContainerTable } from "./containerTable";
import { firingFor, firingOf } from "./firing";
import type { Live } from "./live";
import type { MetricsReader } from "./liveStore";
import type { ResourceTable } from "./resourceTable";
import type { ContainerEntry } from "./state";
import type { EventLog, LiveView } from "./view";

const LiveContext = createContext<Live | null>(null);

/** Gives its children the live data: <LiveProvider value={live}>. */
export const LiveProvider = LiveContext.Provider;

/** The live data itself, for what no hook below does. */
export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error("no LiveProvider above this component");
  return live;
}

/** select must return the same value for the same view: a part of it, not a new object. */
function useView<T>(select: (view: LiveView) => T): T {
  const { store } = useLive();
  const snapshot = () => select(store.view());
  return useSyncExternalStore(store.subscribe, snapshot, snapshot);
}

export interface UseConnection {
  readonly state: ConnectionState;
  readonly quality: Quality;
  readonly engines: readonly EngineStatus[];
  connect(): void;
  disconnect(): void;
  /** "Retry now", "Use here" after another window took over. */
  retry(): void;
  /** Exchanges a token, or the password, for the session cookie and connects. */
  signIn(secret: string | { readonly password: string }): Promise<SignIn>;
}

/** The connection with its quality: changes once a second. For the state alone, useConnectionState. */
export function useConnection(): UseConnection {
  const { connection } = useLive();
  return {
    state: useConnectionState(),
    quality: useView((v) => v.quality),
    engines: useEngines(),
    connect: connection.connect,
    disconnect: connection.disconnect,
    retry: connection.retry,
    signIn: connection.signIn,
  };
}

/** The link's state: changes with its phase, and about once a second with the round trip. */
export function useConnectionState(): ConnectionState {
  return useView((v) => v.connection);
}

/** What went wrong with the connection, oldest first; live.trouble.clear() empties it. */
export function useTrouble(): readonly Trouble[] {
  const { trouble } = useLive();
  return useSyncExternalStore(trouble.subscribe, trouble.list, trouble.list);
}

/** All containers. A new object when any of them changes; entries that did not are the same. */
export function useLiveContainers(): ContainerTable {
  return useView((v) => v.containers);
}

/** One container by ENGINE/ID, undefined when there is none. */
export function useLiveContainer(key: string): ContainerEntry | undefined {
  useInSight(useMemo(() => new Set([key]), [key]));
  return useView((v) => v.containers.get(key));
}

/** Tells the store what is drawn: a change of it is shown at once, also in a rush of others. */
export function useInSight(keys: ReadonlySet<string>): void {
  const { store } = useLive();
  const part = useId();
  useEffect(() => store.look(part, keys), [store, part, keys]);
  useEffect(() => () => store.look(part, null), [store, part]);
}

export function useLiveEvents(): EventLog {
  return useView((v) => v.events);
}

export function useEngines(): readonly EngineStatus[] {
  return useView((v) => v.engines);
}

/** Actions on several containers, running and lately ended, the oldest first. */
export function useLiveJobs(): readonly Job[] {
  return useView((v) => v.jobs);
}

/** Follows a topic while the part of the page that asks for it is there. */
function useTopic(topic: OptionalTopic): void {
  const { connection } = useLive();
  useEffect(() => connection.follow(topic), [connection, topic]);
}

/** The images: followed while somebody asks. */
export function useLiveImages(): ResourceTable<Image> {
  useTopic("images");
  return useView((v) => v.images);
}

export function useLiveVolumes(): ResourceTable<Volume> {
  useTopic("volumes");
  return useView((v) => v.volumes);
}

export function useLiveNetworks(): ResourceTable<Network> {
  useTopic("networks");
  return useView((v) => v.networks);
}

/** The alerts: pending, firing and the last that resolved. Always followed. */
export function useLiveAlerts(): ResourceTable<Alert> {
  return useView((v) => v.alerts);
}

/** What fires now, of everything or of one container: "2 critical", "" for nothing. A text, so that only what differs is drawn. */
export function useFiring(containerKey?: string): string {
  return useView(({ alerts }) => {
    const firing = containerKey === undefined ? firingOf(alerts) : firingFor(alerts, containerKey);
    return firing === null ? "" : `${firing.count} ${firing.worst}`;
  });
}

/** What the engines keep on their disks, as last measured. */
export function useDiskUsage(): readonly DiskUsage[] {
  return useView((v) => v.disk);
}

export interface UseServer {
  /** What the server is and costs, null before it has told. */
  readonly server: ServerStatus | null;
  /** viewer, operator or admin; null before the first welcome. */
  readonly role: string | null;
}

export function useServer(): UseServer {
  return { server: useView((v) => v.server), role: useView((v) => v.role) };
}

/**
 * The metrics, read imperatively: this hook never re-renders. A cell subscribes
 * and writes itself, so 10,000 rows cost React nothing.
 */
export function useMetrics(): MetricsReader {
  return useLive().store.metrics;
}

/** Re-renders when metrics changed, at most once a frame: for totals and sort orders, not for cells. */
export function useMetricsVersion(): number {
  return useView((v) => v.versions.metrics);
}

/** What a text that depends on the server's time says now: re-renders only when it says something else. */
export function useTimedText(textAt: (serverNow: number) => string): string {
  const { store } = useLive();
  const text = () => textAt(store.serverNow());
  return useSyncExternalStore(store.subscribe, text, text);
}

export interface WatchOptions {
  /** Adds all other rows at this interval in milliseconds; 0 leaves them out. Default 10,000. */
  readonly restEveryMs?: number;
}

/**
 * Tells the server which metrics rows (Container.row) and columns are on screen.
 * Several callers add up. Changes are told at most every 100 ms.
 */
export function useWatchRows(
  rows: readonly number[],
  columns: readonly ColumnName[],
  options: WatchOptions = {},
): void {
  const { watch } = useLive();
  const id = useId();
  const restEveryMs = options.restEveryMs ?? 10_000;
  useEffect(() => {
    watch.set(id, { rows, columns, restEveryMs });
  }, [watch, id, rows, columns, restEveryMs]);
  useEffect(() => () => watch.delete(id), [watch, id]);
}
