import type { Container } from "../../api/types.gen";
import { formatMillis } from "../../components/format/duration";
import { formatClock, formatExact, parseTime } from "../../components/format/time";
import { Section } from "../../components/sections/Section";
import { HealthWord } from "./HealthWord";
import type { HealthFacts } from "./model/document";

/** The health check: its command, its verdict, and what its last runs said. */
export function HealthSection({ container: c, health }: { container: Container; health: HealthFacts }) {
  return (
    <Section title="Health" actions={<HealthWord container={c} />}>
      <p className="font-mono text-sm wrap-anywhere text-text-2">{health.test}</p>
      {health.failingStreak > 0 && (
        <p className="text-bad">
          Failed {health.failingStreak} {health.failingStreak === 1 ? "time" : "times"} in a row
        </p>
      )}
      <ol className="mt-1" aria-label="Last checks, newest first">
        {health.log.map((check) => (
          <li key={check.start} className="border-t border-line py-1" data-check={check.exitCode}>
            <div className="flex items-baseline gap-3 text-sm">
              <time dateTime={check.start} title={formatExact(parseTime(check.start))}>
                {formatClock(parseTime(check.start))}
              </time>
              <span className={check.exitCode === 0 ? "text-running" : "text-bad"}>
                {check.exitCode === 0 ? "passed" : `failed with ${check.exitCode ?? "no exit code"}`}
              </span>
              <span className="ms-auto text-text-3">{formatMillis(check.milliseconds ?? Number.NaN)}</span>
            </div>
            {check.output.trim() !== "" && (
              <pre className="mt-0.5 max-h-24 overflow-auto font-mono text-sm whitespace-pre-wrap wrap-anywhere text-text-2">
                {check.output.trim()}
              </pre>
            )}
          </li>
        ))}
      </ol>
      {health.log.length === 0 && <p className="text-text-2">Not checked yet.</p>}
    </Section>
  );
}
