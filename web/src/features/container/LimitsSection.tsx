import { formatBytes, quantityText } from "../../components/format/quantity";
import { usePreference } from "../../components/preference";
import { unitsPreference } from "../../components/preferences";
import { Facts } from "../../components/sections/Facts";
import { Section } from "../../components/sections/Section";
import type { Limit } from "./model/document";

/** What it may use. */
export function LimitsSection({ limits }: { limits: readonly Limit[] }) {
  const units = usePreference(unitsPreference);
  const facts = limits.map(({ name, value }) => ({
    name,
    value: "bytes" in value ? quantityText(formatBytes(value.bytes, units)) : value.text,
  }));
  return (
    <Section title="Limits">
      {facts.length > 0 ? <Facts facts={facts} /> : <p className="text-text-2">None: it may use all of the host.</p>}
    </Section>
  );
}
