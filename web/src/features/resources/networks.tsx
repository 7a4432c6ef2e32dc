import { networkPath } from "../../components/routes";
import type { Kind } from "./model/kind";
import { isBuiltIn, type NetworkRow } from "./model/networkRow";
import { NameMark } from "./NameMark";

/** The list of networks. */
export const NETWORKS: Kind<NetworkRow> = {
  id: "networks",
  one: "network",
  many: "networks",
  title: "Networks",
  path: (row) => networkPath(row.network.id),
  text: ({ network: n }) => [
    n.name,
    n.id,
    n.project,
    ...n.subnets.map((s) => s.subnet),
    ...n.endpoints.flatMap((e) => [e.name, e.ipv4, e.ipv6]),
  ],
  fields: {
    driver: (row) => [row.network.driver],
    project: (row) => [row.network.project],
    container: (row) => row.network.endpoints.map((e) => e.name),
    label: (row) => Object.entries(row.network.labels).map(([name, value]) => `${name}=${value}`),
  },
  flags: [
    {
      word: "unused",
      title: "No running container is attached",
      test: ({ network: n }) => !n.partial && n.endpoints.length === 0 && !isBuiltIn(n),
    },
    { word: "internal", title: "It leads nowhere outside", test: (row) => row.network.internal },
  ],
  columns: [
    {
      id: "name",
      label: "Name",
      title: "The network's name",
      min: 140,
      grow: 3,
      rank: 0,
      sortBy: (row) => row.network.name,
      cell: ({ network: n }) => (
        <>
          {n.name}
          {n.internal && <NameMark word="internal" title="It leads nowhere outside" />}
          {isBuiltIn(n) && <NameMark word="built in" title="Every engine has it" />}
        </>
      ),
    },
    {
      id: "engine",
      label: "Engine",
      title: "The engine that has it",
      min: 100,
      grow: 1,
      rank: 6,
      sortBy: (row) => row.engine,
      cell: (row) => row.engine,
    },
    {
      id: "project",
      label: "Project",
      title: "Compose project",
      min: 88,
      grow: 1,
      rank: 4,
      sortBy: (row) => row.network.project,
      cell: (row) => row.network.project,
    },
    {
      id: "driver",
      label: "Driver",
      title: "What it is made with",
      min: 72,
      grow: 0.6,
      rank: 3,
      sortBy: (row) => row.network.driver,
      cell: (row) => row.network.driver,
    },
    {
      id: "subnet",
      label: "Subnet",
      title: "Its ranges of addresses",
      min: 124,
      grow: 1,
      rank: 1,
      sortBy: (row) => row.network.subnets[0]?.subnet ?? "",
      cell: (row) => <span className="font-mono">{row.network.subnets.map((s) => s.subnet).join(", ")}</span>,
    },
    {
      id: "gateway",
      label: "Gateway",
      title: "The way out of it",
      min: 112,
      grow: 0.8,
      rank: 5,
      sortBy: (row) => row.network.subnets[0]?.gateway ?? "",
      cell: (row) => <span className="font-mono">{row.network.subnets.map((s) => s.gateway).join(", ")}</span>,
    },
    {
      id: "attached",
      label: "Attached",
      title: "Running containers that are attached",
      min: 104,
      grow: 0.5,
      rank: 2,
      numeric: true,
      sortBy: (row) => (row.network.partial ? Number.NaN : row.network.endpoints.length),
      cell: ({ network: n }) => (
        <span
          className={n.partial || n.endpoints.length === 0 ? "qw-quiet" : ""}
          title={n.endpoints.map((e) => e.name).join("\n")}
        >
          {n.partial ? "—" : n.endpoints.length === 0 ? "nobody" : n.endpoints.length}
        </span>
      ),
    },
  ],
};
