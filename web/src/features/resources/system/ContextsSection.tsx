import type { Details } from "../../../api/reader";
import type { Context } from "../../../api/types.gen";
import { Section } from "../../../components/sections/Section";
import { NameMark } from "../NameMark";

/** The engines that the docker command knows on the server's machine. */
export function ContextsSection({ contexts }: { contexts: Details<{ readonly items: readonly Context[] }> }) {
  const items = contexts.data?.items ?? [];
  if (items.length === 0 && contexts.problem === "") return null;
  return (
    <Section title="Docker contexts">
      {contexts.problem !== "" && <p className="text-bad">{contexts.problem}</p>}
      <ul data-testid="contexts">
        {items.map((c) => (
          <li key={c.name} className="py-0.5">
            <span className="font-semibold">{c.name}</span>
            {c.current && <NameMark word="current" title="The docker command uses it when nothing else is said" />}
            <span className="block font-mono text-sm wrap-anywhere text-text-2">{c.host}</span>
            {c.error && <span className="block text-sm text-bad">{c.error}</span>}
          </li>
        ))}
      </ul>
    </Section>
  );
}
