import { Link } from "wouter";
import { containerPath, networkNamed } from "../../components/routes";
import { Facts } from "../../components/sections/Facts";
import { Section } from "../../components/sections/Section";
import { useLiveContainer } from "../../store/hooks";
import type { Network } from "./model/document";
import { useThingPath } from "./useThingPath";

interface NetworksSectionProps {
  networks: readonly Network[];
  mode: string;
  /** The engine's id. */
  engine: string;
}

/** The networks it is in, and by which addresses. */
export function NetworksSection({ networks, mode, engine }: NetworksSectionProps) {
  const path = useThingPath();
  if (networks.length === 0 && mode === "") return null;
  const facts = networks.map((n) => ({
    name: n.name,
    href: path(networkNamed(n.name), engine),
    value: (
      <span className="font-mono text-sm">
        {n.addresses.join(", ") || "no address"}
        {n.gateway !== "" && <span className="text-text-3"> via {n.gateway}</span>}
        {n.mac !== "" && <span className="block text-text-3">{n.mac}</span>}
        {n.aliases.length > 0 && <span className="block text-text-3">also called {n.aliases.join(", ")}</span>}
      </span>
    ),
  }));
  return (
    <Section title="Networks">
      {facts.length > 0 ? <Facts facts={facts} /> : <Mode mode={mode} engine={engine} />}
    </Section>
  );
}

const OF_CONTAINER = "container:";

function Mode({ mode, engine }: { mode: string; engine: string }) {
  const id = mode.startsWith(OF_CONTAINER) ? mode.slice(OF_CONTAINER.length) : "";
  const other = useLiveContainer(`${engine}/${id}`);
  if (mode === "none") return <p>None</p>;
  if (id === "") return <p className="wrap-anywhere">That of {mode}</p>;
  return (
    <p className="wrap-anywhere">
      That of container{" "}
      {other ? (
        <Link href={containerPath(other.key)} className="text-accent underline">
          {other.container.name}
        </Link>
      ) : (
        <span className="font-mono text-sm">{id.slice(0, 12)}</span>
      )}
    </p>
  );
}
