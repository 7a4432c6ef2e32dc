import { volumePath } from "../../components/routes";
import { Section } from "../../components/sections/Section";
import type { Mount } from "./model/document";
import { ThingLink } from "./ThingLink";

/** What of the host, or of volumes, stands where in the container. */
export function MountsSection({ mounts, engine }: { mounts: readonly Mount[]; engine: string }) {
  if (mounts.length === 0) return null;
  return (
    <Section title="Mounts">
      <ul>
        {mounts.map((m) => (
          <li key={m.destination} className="border-line py-1 not-first:border-t" data-mount={m.destination}>
            <div className="flex items-baseline gap-2">
              <span className="min-w-0 font-mono text-sm wrap-anywhere">{m.destination}</span>
              <span className="ms-auto shrink-0 text-sm text-text-2">
                {m.type}, {m.writable ? "read and write" : "read only"}
                {m.mode !== "" && m.mode !== "rw" && m.mode !== "ro" && m.mode !== "z" ? ` (${m.mode})` : ""}
              </span>
            </div>
            {m.source !== "" && (
              <div className="font-mono text-sm wrap-anywhere text-text-3" title={m.path}>
                {m.type === "volume" ? (
                  <ThingLink path={volumePath(m.source)} engine={engine}>
                    {m.source}
                  </ThingLink>
                ) : (
                  m.source
                )}
              </div>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
