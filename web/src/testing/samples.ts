/** Resources and messages for tests. */
import type { ServerMessage } from "../api/messages";
import type {
  Alert,
  Container,
  DiskUsage,
  EngineStatus,
  Event,
  Job,
  ServerStatus,
  Volume,
  Welcome,
} from "../api/types.gen";

export const ENGINE = "3f9c1a2b4d5e";

export function container(id: string, row: number, change: Partial<Container> = {}): Container {
  return {
    engine: ENGINE,
    id,
    name: `name-${id}`,
    image: "nginx:1.27",
    imageId: "sha256:2b7412e6",
    command: "nginx",
    project: "",
    service: "",
    state: "running",
    health: "none",
    exitCode: null,
    oomKilled: false,
    error: "",
    restartCount: 0,
    restartPolicy: "no",
    createdAt: "2026-11-23T14:00:00Z",
    startedAt: "2026-11-23T14:00:02Z",
    finishedAt: null,
    ports: [],
    networkMode: "bridge",
    networks: ["bridge"],
    volumes: [],
    labels: {},
    pid: 4711,
    cpuLimit: null,
    memoryLimitBytes: null,
    inferred: false,
    partial: false,
    row,
    ...change,
  };
}

export function keyOf(id: string): string {
  return `${ENGINE}/${id}`;
}

export function job(items: number, next: number, change: Partial<Job> = {}): Job {
  return {
    id: "j-1",
    kind: "containers",
    subject: "",
    engine: "",
    action: "stop",
    options: {},
    project: "",
    by: { name: "launch", client: "tab-1" },
    state: next < items ? "running" : "done",
    startedAt: "2026-11-23T14:02:07.25Z",
    endedAt: next < items ? null : "2026-11-23T14:02:09Z",
    items: Array.from({ length: items }, (_, i) => ({ key: keyOf(`c${i}`), name: `name-c${i}` })),
    next,
    running: next > 0 && next < items ? [next - 1] : [],
    failures: [],
    progress: null,
    error: null,
    result: null,
    ...change,
  };
}

export function event(seq: number, change: Partial<Event> = {}): Event {
  return {
    time: "2026-11-23T14:02:07.25Z",
    engine: ENGINE,
    kind: "container",
    action: "die",
    detail: "",
    id: "a",
    name: "name-a",
    attributes: {},
    inferred: false,
    seq,
    ...change,
  };
}

export function server(change: Partial<ServerStatus> = {}): ServerStatus {
  return {
    version: "0.1.0",
    pid: 1234,
    startedAt: "2026-11-23T13:59:00Z",
    readOnly: false,
    exec: true,
    clients: 1,
    cpuPercent: 0.4,
    engineCpuPercent: null,
    memoryBytes: 18_874_368,
    sampleSeconds: 1,
    sampleRestSeconds: 10,
    history: null,
    revisions: { alertRules: 0, deliveries: 0 },
    ...change,
  };
}

export function engine(change: Partial<EngineStatus> = {}): EngineStatus {
  return {
    id: ENGINE,
    name: "laptop",
    version: "20.10.24",
    apiVersion: "1.41",
    os: "linux",
    arch: "amd64",
    host: "unix:///var/run/docker.sock",
    origin: "default socket",
    state: "connected",
    since: "2026-11-23T13:59:00Z",
    error: "",
    errorCode: "",
    demo: false,
    metricsSource: "cgroup v1",
    metricsReason: "",
    cpus: 8,
    memoryBytes: 16_777_216_000,
    cgroupVersion: "1",
    cgroupDriver: "cgroupfs",
    rttSeconds: 0.001,
    clockOffsetSeconds: 0,
    resyncs: 0,
    ...change,
  };
}

export function welcome(epoch = "e1", change: Partial<Welcome> = {}): Welcome {
  return {
    type: "welcome",
    v: 1,
    epoch,
    conn: "c-1",
    heartbeatMs: 2_000,
    limits: { maxFrame: 65_536, maxInbound: 65_536, maxSubs: 32 },
    role: "admin",
    time: "2026-11-23T14:02:07Z",
    server: server(),
    engines: [engine()],
    ...change,
  };
}

export function diskUsage(): DiskUsage {
  const none = { count: 0, active: 0, totalBytes: 0, reclaimableBytes: 0 };
  const measured = { measuredAt: "2026-11-23T14:01:00Z", seconds: 0.1, measuring: false, error: "" };
  return { engine: "e", ...measured, images: none, containers: none, volumes: none, buildCache: none };
}

export function volume(name: string, change: Partial<Volume> = {}): Volume {
  return {
    engine: "e",
    name,
    driver: "local",
    mountpoint: `/var/lib/docker/volumes/${name}/_data`,
    scope: "local",
    createdAt: "2026-11-23T14:00:00Z",
    labels: {},
    options: {},
    project: "",
    sizeBytes: null,
    sizedAt: null,
    ...change,
  };
}

export function alert(id: string, change: Partial<Alert> = {}): Alert {
  return {
    engine: ENGINE,
    id,
    rule: "Unhealthy",
    on: "unhealthy",
    severity: "warning",
    state: "firing",
    container: "a",
    name: "name-a",
    project: "",
    image: "nginx:1.27",
    summary: "name-a is unhealthy.",
    value: null,
    count: 1,
    activeAt: "2026-11-23T14:02:07.25Z",
    firedAt: "2026-11-23T14:02:37.25Z",
    resolvedAt: null,
    acknowledged: null,
    snoozed: null,
    ...change,
  };
}

/** The snapshot of a topic as a server sends it, in one page. */
export function snapshot(topic: "containers", seq: number, items: Container[]): ServerMessage[];
export function snapshot(topic: "jobs", seq: number, items: Job[]): ServerMessage[];
export function snapshot(topic: "alerts", seq: number, items: Alert[]): ServerMessage[];
export function snapshot(topic: "volumes", seq: number, items: Volume[]): ServerMessage[];
export function snapshot(topic: "events", seq: number, items: Event[]): ServerMessage[];
export function snapshot(
  topic: "system",
  seq: number,
  items: { key: string; server?: ServerStatus; engine?: EngineStatus; diskUsage?: DiskUsage }[],
): ServerMessage[];
export function snapshot(
  topic: "containers" | "events" | "system" | "jobs" | "volumes" | "alerts",
  seq: number,
  items: unknown[],
): ServerMessage[] {
  return [
    {
      type: "subbed",
      id: { containers: 1, system: 2, events: 3, jobs: 5, volumes: 8, alerts: 10 }[topic],
      topic,
      recovered: false,
      seq,
    },
    { type: "snap", topic, page: 0, items } as ServerMessage,
    { type: "snapEnd", topic, seq, count: items.length },
  ];
}
