import type { Container, Network, Volume } from "../../../api/types.gen";
import { isAlive, stateView } from "../../../components/container/stateView";
import type { Row } from "./kind";
import { naturalKey } from "./order";

/** The containers of one service of a project, by name. */
export interface Service {
  readonly name: string;
  readonly containers: readonly Container[];
  readonly running: number;
}

/** A Compose project: what the labels say belongs together. */
export interface ProjectRow extends Row {
  readonly services: readonly Service[];
  readonly containers: readonly Container[];
  readonly running: number;
  /** Those that want a look: failed, unhealthy, restarting. */
  readonly bad: number;
  readonly networks: readonly Network[];
  readonly volumes: readonly Volume[];
}

interface Parts {
  readonly engine: string;
  readonly name: string;
  readonly containers: Container[];
  readonly networks: Network[];
  readonly volumes: Volume[];
}

/** projectRows puts together what the labels say belongs to a project, also where nothing but a network is left of it. */
export function projectRows(
  containers: readonly Container[],
  networks: readonly Network[],
  volumes: readonly Volume[],
): readonly ProjectRow[] {
  const parts = new Map<string, Parts>();
  const of = ({ engine, project }: { engine: string; project: string }): Parts | null => {
    if (project === "") return null;
    const key = `${engine}/${project}`;
    let p = parts.get(key);
    if (p === undefined) {
      p = { engine, name: project, containers: [], networks: [], volumes: [] };
      parts.set(key, p);
    }
    return p;
  };
  for (const c of containers) of(c)?.containers.push(c);
  for (const n of networks) of(n)?.networks.push(n);
  for (const v of volumes) of(v)?.volumes.push(v);
  return [...parts].map(([key, p]) => rowOf(key, p));
}

function rowOf(key: string, p: Parts): ProjectRow {
  const byService = new Map<string, Container[]>();
  for (const c of p.containers) {
    const list = byService.get(c.service);
    if (list) list.push(c);
    else byService.set(c.service, [c]);
  }
  const services = [...byService].map(([name, containers]) => ({
    name,
    containers: containers.sort((a, b) => (naturalKey(a.name) < naturalKey(b.name) ? -1 : 1)),
    running: count(containers, isAlive),
  }));
  services.sort((a, b) => (naturalKey(a.name) < naturalKey(b.name) ? -1 : 1));
  return {
    key,
    engine: p.engine,
    name: p.name,
    services,
    containers: p.containers,
    running: count(p.containers, isAlive),
    bad: count(p.containers, isBad),
    networks: p.networks,
    volumes: p.volumes,
  };
}

/** Whether a container wants a look. */
export function isBad(c: Container): boolean {
  const { tone } = stateView(c);
  return tone === "bad" || c.state === "restarting" || (isAlive(c) && c.health === "unhealthy");
}

function count<T>(list: readonly T[], test: (item: T) => boolean): number {
  return list.reduce((n, item) => n + Number(test(item)), 0);
}

/** "running", "2 of 3 running", "stopped"; "no containers" where only a network is left. */
export function projectState(row: Pick<ProjectRow, "containers" | "running">): string {
  const total = row.containers.length;
  if (total === 0) return "no containers";
  if (row.running === 0) return "stopped";
  return row.running === total ? "running" : `${row.running} of ${total} running`;
}
