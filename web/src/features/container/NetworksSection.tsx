import { Facts } from "./Facts";
import type { Network } from "./model/document";
import { Section } from "./Section";

/** The networks it is in, and by which addresses. */
export function NetworksSection({ networks, mode }: { networks: readonly Network[]; mode: string }) {
  if (networks.length === 0 && mode === "") return null;
  const facts = networks.map((n) => ({
    name: n.name,
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
      {facts.length > 0 ? <Facts facts={facts} /> : <p>{mode === "none" ? "None" : `That of ${mode}`}</p>}
    </Section>
  );
}
