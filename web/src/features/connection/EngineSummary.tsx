import type { EngineStatus } from "../../api/types.gen";
import { useEngines } from "../../store/hooks";

const SHOWN = 2;

/** The engines being watched: what they are, and how their metrics are got. */
export function EngineSummary() {
  const engines = useEngines();
  const rest = engines.slice(SHOWN);
  if (engines.length === 0) return null;
  return (
    <div
      className="flex min-w-0 items-center gap-4 border-s border-line ps-3 text-sm max-md:hidden"
      data-testid="engines"
    >
      {engines.slice(0, SHOWN).map((e) => (
        <span key={e.id} className="flex min-w-0 items-baseline gap-2" title={titleOf(e)}>
          <span className="max-w-48 shrink-0 truncate font-semibold">{e.name || e.host}</span>
          <span className="truncate text-text-2">{summaryOf(e)}</span>
        </span>
      ))}
      {rest.length > 0 && (
        <span className="shrink-0 text-text-2" title={rest.map((e) => `${e.name}: ${summaryOf(e)}`).join("\n")}>
          +{rest.length}
        </span>
      )}
    </div>
  );
}

function summaryOf(e: EngineStatus): string {
  if (e.version === "") return e.state === "connecting" ? "connecting…" : "unreachable";
  const parts = [`${e.product ?? "Docker"} ${e.version}`, `API ${e.apiVersion}`];
  if (e.metricsSource !== "") parts.push(`metrics by ${e.metricsSource}`);
  return parts.join(" · ");
}

function titleOf(e: EngineStatus): string {
  const lines = [`${e.host} (from ${e.origin})`, `${e.os}/${e.arch}, ${e.cpus} CPUs`];
  if (e.metricsReason !== "") lines.push(e.metricsReason);
  return lines.join("\n");
}
