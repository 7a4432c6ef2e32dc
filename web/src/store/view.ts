/** What a listener can see of the live data, made of one state after the other. Pure. */
import type { Alert, DiskUsage, EngineStatus, Image, Job, Network, ServerStatus, Volume } from "../api/types.gen";
import { Keyed } from "../lib/keyed";
import type { Quality } from "../transport/quality";
import type { ConnectionState } from "../transport/sink";
import { ContainerTable } from "./containerTable";
import { type ResourceTable, tableOf } from "./resourceTable";
import type { EventRow, LiveState } from "./state";

/** The event feed as of a commit. */
export interface EventLog {
  readonly loaded: boolean;
  /** Oldest first. */
  readonly rows: readonly EventRow[];
}

/** Each counts the commits in which that part changed. */
export interface Versions {
  readonly containers: number;
  readonly events: number;
  readonly system: number;
  readonly jobs: number;
  readonly alerts: number;
  readonly metrics: number;
  readonly connection: number;
}

/** Everything a listener can see, the same object until the next commit. */
export interface LiveView {
  readonly versions: Versions;
  readonly containers: ContainerTable;
  readonly events: EventLog;
  readonly server: ServerStatus | null;
  readonly engines: readonly EngineStatus[];
  /** Actions on several containers, the oldest first. */
  readonly jobs: readonly Job[];
  /** Known while somebody follows them, and as they were when somebody did last. */
  readonly images: ResourceTable<Image>;
  readonly volumes: ResourceTable<Volume>;
  readonly networks: ResourceTable<Network>;
  /** Pending, firing and lately resolved: always followed, for the count beside the page's name. */
  readonly alerts: ResourceTable<Alert>;
  /** What the engines keep on their disks, as far as it was measured. */
  readonly disk: readonly DiskUsage[];
  /** The role of this session, null before the first welcome. */
  readonly role: string | null;
  readonly connection: ConnectionState;
  readonly quality: Quality;
}

/** The view before anything has come. */
export function firstView(state: LiveState, connection: ConnectionState, quality: Quality): LiveView {
  return {
    versions: { containers: 0, events: 0, system: 0, jobs: 0, alerts: 0, metrics: 0, connection: 0 },
    containers: new ContainerTable(Keyed.empty(), false),
    events: { loaded: false, rows: [] },
    server: null,
    engines: [],
    jobs: [],
    images: tableOf(state.images, null),
    volumes: tableOf(state.volumes, null),
    networks: tableOf(state.networks, null),
    alerts: tableOf(state.alerts, null),
    disk: [],
    role: null,
    connection,
    quality,
  };
}

/** The view of a state, after the one of the state that was shown before it; the same where nothing of it has changed. */
export function nextView(
  before: LiveView,
  shown: LiveState,
  state: LiveState,
  connection: ConnectionState,
  quality: Quality,
  metrics: boolean,
): LiveView {
  const v = before.versions;
  const containers =
    shown.containers.entries !== state.containers.entries || shown.containers.epoch !== state.containers.epoch;
  const events = shown.events.rows !== state.events.rows || shown.events.epoch !== state.events.epoch;
  const system = shown.system.entries !== state.system.entries;
  const jobs = shown.jobs.entries !== state.jobs.entries;
  const images = tableOf(state.images, before.images);
  const volumes = tableOf(state.volumes, before.volumes);
  const networks = tableOf(state.networks, before.networks);
  const alerts = tableOf(state.alerts, before.alerts);
  const resources =
    images !== before.images || volumes !== before.volumes || networks !== before.networks || alerts !== before.alerts;
  const link = before.connection !== connection || before.quality !== quality || before.role !== state.role;
  if (!containers && !events && !system && !jobs && !resources && !link && !metrics) return before;
  return {
    versions: {
      containers: v.containers + Number(containers),
      events: v.events + Number(events),
      system: v.system + Number(system),
      jobs: v.jobs + Number(jobs),
      alerts: v.alerts + Number(alerts !== before.alerts),
      metrics: v.metrics + Number(metrics),
      connection: v.connection + Number(link),
    },
    containers: containers
      ? new ContainerTable(state.containers.entries, state.containers.epoch !== null)
      : before.containers,
    events: events ? { loaded: state.events.epoch !== null, rows: state.events.rows } : before.events,
    ...(system
      ? systemOf(state, before.engines)
      : { server: before.server, engines: before.engines, disk: before.disk }),
    images,
    volumes,
    networks,
    alerts,
    jobs: jobs ? jobsOf(state.jobs.entries) : before.jobs,
    role: state.role,
    connection,
    quality,
  };
}

function jobsOf(entries: Keyed<Job>): readonly Job[] {
  return entries.values().sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt));
}

/** The server tells of itself each second: the engines stay the same array while they are the same. */
export function systemOf(
  state: LiveState,
  before: readonly EngineStatus[],
): Pick<LiveView, "server" | "engines" | "disk"> {
  const engines: EngineStatus[] = [];
  const disk: DiskUsage[] = [];
  let server: ServerStatus | null = null;
  for (const item of state.system.entries.values()) {
    if (item.server) server = item.server;
    if (item.engine) engines.push(item.engine);
    if (item.diskUsage) disk.push(item.diskUsage);
  }
  disk.sort((a, b) => (a.engine < b.engine ? -1 : 1));
  engines.sort((a, b) => (a.id < b.id ? -1 : 1));
  const same = engines.length === before.length && engines.every((e, i) => e === before[i]);
  return { server, engines: same ? before : engines, disk };
}
