import TriangleAlert from "lucide-react/icons/triangle-alert";
import type { Details } from "../../../api/reader";
import type { EngineInfo } from "../../../api/types.gen";
import { Prose } from "../../../components/Prose";
import { Section } from "../../../components/sections/Section";

/** What the engines warn of in their own configuration. */
export function WarningsSection({ info }: { info: Details<{ readonly items: readonly EngineInfo[] }> }) {
  const warnings = (info.data?.items ?? []).flatMap((i) => i.warnings.map((text) => ({ engine: i.engine, text })));
  if (info.problem !== "") {
    return (
      <p role="alert" className="mb-4 text-bad">
        <Prose text={info.problem} />
      </p>
    );
  }
  if (warnings.length === 0) return null;
  return (
    <Section title={`Warnings of the engine (${warnings.length})`}>
      <ul data-testid="warnings">
        {warnings.map((w) => (
          <li key={`${w.engine} ${w.text}`} className="flex items-baseline gap-2 py-0.5">
            <TriangleAlert size={14} aria-hidden className="shrink-0 self-center text-paused" />
            <span className="wrap-anywhere">{w.text.replace(/^WARNING: /, "")}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
