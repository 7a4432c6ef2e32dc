import type { EngineInfo, EngineStatus } from "../../../api/types.gen";
import { formatBytes, quantityText } from "../../../components/format/quantity";
import { Facts } from "../../../components/sections/Facts";
import { Section } from "../../../components/sections/Section";
import { infoFacts } from "../model/engineInfo";

interface EngineSectionProps {
  engine: EngineStatus;
  /** What it says of itself, once it was asked. */
  info: EngineInfo | undefined;
}

/** What an engine is. */
export function EngineSection({ engine: e, info }: EngineSectionProps) {
  const facts = [
    { name: "State", value: e.state },
    { name: "Address", value: <span className="font-mono text-sm">{e.host}</span> },
    { name: "Chosen by", value: e.origin },
    { name: e.product ?? "Docker", value: e.version === "" ? "—" : `${e.version}, API ${e.apiVersion}` },
    { name: "Machine", value: machineText(e) },
    { name: "Metrics", value: e.metricsSource === "" ? "not chosen yet" : `by ${e.metricsSource}` },
    ...infoFacts(info?.info ?? null),
  ];
  return (
    <Section title={`Engine ${e.name || e.host}`}>
      <Facts facts={facts} />
    </Section>
  );
}

function machineText(e: EngineStatus): string {
  const parts = [`${e.os}/${e.arch}`];
  if (e.cpus > 0) parts.push(e.cpus === 1 ? "1 CPU" : `${e.cpus} CPUs`);
  if (e.memoryBytes > 0) parts.push(`${quantityText(formatBytes(e.memoryBytes))} of memory`);
  return parts.join(", ");
}
