import Plug from "lucide-react/icons/plug";
import Trash2 from "lucide-react/icons/trash-2";
import { Link } from "wouter";
import { NETWORKS_PATH, projectPath } from "../../../components/routes";
import { Copyable } from "../../../components/sections/Copyable";
import { Facts } from "../../../components/sections/Facts";
import { LabelsSection } from "../../../components/sections/LabelsSection";
import { Section } from "../../../components/sections/Section";
import { useLive } from "../../../store/hooks";
import { ActButton } from "../ActButton";
import { Ago } from "../Ago";
import { deskOf } from "../desk";
import { beginsWith } from "../model/found";
import { isBuiltIn, type NetworkRow } from "../model/networkRow";
import { NameMark } from "../NameMark";
import { NETWORKS } from "../networks";
import { useAddress } from "../useAddress";
import { useMay } from "../useMay";
import { useNetworkRows } from "../useRows";
import { Detail } from "./Detail";
import { DetailHead } from "./DetailHead";
import { Endpoints } from "./Endpoints";

const LIST = { path: NETWORKS_PATH, title: "Networks" };

/** One network: its addresses, and who is attached. */
export function NetworkPage({ id }: { id: string }) {
  const means = [
    (r: NetworkRow) => r.network.id === id,
    (r: NetworkRow) => r.name === id,
    (r: NetworkRow) => beginsWith(r.network.id, id),
  ];
  return (
    <Detail kind={NETWORKS} list={LIST} id={id} means={means} of={useNetworkRows()}>
      {(row) => <There key={row.key} row={row} />}
    </Detail>
  );
}

function There({ row }: { row: NetworkRow }) {
  const { network: n } = row;
  const desk = deskOf(useLive());
  const may = useMay();
  const at = useAddress();
  const builtIn = isBuiltIn(n) ? "Every engine has it: it can't be removed" : null;
  const traits = [n.internal && "internal", n.attachable && "attachable", n.ingress && "ingress", n.ipv6 && "IPv6"];
  const facts = [
    {
      name: "Id",
      value: (
        <span className="font-mono text-sm">
          <Copyable what="network id" text={n.id}>
            {n.id.slice(0, 12)}
          </Copyable>
        </span>
      ),
    },
    { name: "Driver", value: `${n.driver} (${n.scope})` },
    { name: "Created", value: <Ago time={n.createdAt} /> },
    ...n.subnets.map((s) => ({
      name: "Subnet",
      value: (
        <span className="font-mono text-sm">
          {s.subnet}
          {s.gateway !== "" && <span className="text-text-3"> via {s.gateway}</span>}
        </span>
      ),
    })),
    ...(traits.some(Boolean) ? [{ name: "Is", value: traits.filter(Boolean).join(", ") }] : []),
    ...(n.project === ""
      ? []
      : [
          {
            name: "Project",
            value: (
              <Link href={at(projectPath(n.project), n.engine)} className="text-accent hover:underline">
                {n.project}
              </Link>
            ),
          },
        ]),
    ...Object.entries(n.options).map(([name, value]) => ({
      name,
      value: <span className="font-mono text-sm">{value}</span>,
    })),
  ];
  return (
    <section
      aria-label={`Network ${n.name}`}
      data-network={row.key}
      className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface-1"
    >
      <DetailHead
        list={LIST}
        of={row.key}
        name={n.name}
        marks={n.internal && <NameMark word="internal" title="It leads nowhere outside" />}
      >
        <ActButton reason={may.change} onClick={() => desk.ask({ kind: "connect", network: row.key })}>
          <Plug size={14} aria-hidden />
          Connect
        </ActButton>
        <ActButton
          reason={may.remove ?? builtIn}
          onClick={() => desk.ask({ kind: "remove", of: "networks", keys: [row.key] })}
        >
          <Trash2 size={14} aria-hidden className="text-bad" />
          Remove
        </ActButton>
      </DetailHead>
      <div className="min-h-0 flex-1 overflow-auto p-4" data-page-scroll>
        <Endpoints network={n} />
        <div className="columns-[400px] gap-4">
          <Section title="Network">
            <Facts facts={facts} />
          </Section>
          <LabelsSection labels={n.labels} />
        </div>
      </div>
    </section>
  );
}
