import ScrollText from "lucide-react/icons/scroll-text";
import { useState } from "react";
import { Link } from "wouter";
import { logsPath, networkPath, PROJECTS_PATH, volumePath } from "../../../components/routes";
import { Section } from "../../../components/sections/Section";
import { ActionButton } from "../../actions/ActionButton";
import { Detail } from "../detail/Detail";
import { DetailHead } from "../detail/DetailHead";
import type { ProjectRow } from "../model/projectRow";
import { useAddress } from "../useAddress";
import { VolumeSize } from "../VolumeSize";
import { LiveTotal } from "./LiveTotal";
import { ProjectStateWord } from "./ProjectStateWord";
import { PROJECTS } from "./projects";
import { RemoveProject } from "./RemoveProject";
import { ServiceTable } from "./ServiceTable";
import { useProjectActions } from "./useProjectActions";
import { useProjectRows } from "./useProjectRows";

const LIST = { path: PROJECTS_PATH, title: "Projects" };

/** One Compose project: its services with their states, and what belongs to it besides. */
export function ProjectPage({ name }: { name: string }) {
  return (
    <Detail kind={PROJECTS} list={LIST} id={name} means={[(r) => r.name === name]} of={useProjectRows()}>
      {(row) => <There key={row.key} row={row} />}
    </Detail>
  );
}

function There({ row }: { row: ProjectRow }) {
  const at = useAddress();
  const [removing, setRemoving] = useState(false);
  const { choices, run, removeReason } = useProjectActions(row);
  return (
    <section
      aria-label={`Project ${row.name}`}
      data-project={row.key}
      className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface-1"
    >
      <DetailHead list={LIST} of={row.key} name={row.name} marks={<ProjectStateWord row={row} />}>
        {choices.map(({ action, reason }) => (
          <ActionButton key={action} action={action} reason={reason} onPress={() => run(action)} />
        ))}
        <Link
          href={logsPath({ project: row.name })}
          className="inline-flex h-7 shrink-0 items-center gap-1.5 rounded border border-line-strong bg-surface-1 px-2 text-sm hover:bg-surface-2"
        >
          <ScrollText size={14} aria-hidden />
          Logs
        </Link>
        <ActionButton action="remove" reason={removeReason} onPress={() => setRemoving(true)} />
      </DetailHead>
      <div className="min-h-0 flex-1 overflow-auto p-4" data-page-scroll>
        <p className="mb-3 flex flex-wrap gap-x-6 text-text-2">
          <span>
            CPU <LiveTotal containers={row.containers} of="cpu" />
          </span>
          <span>
            Memory <LiveTotal containers={row.containers} of="mem" />
          </span>
        </p>
        <ServiceTable row={row} />
        <div className="columns-[400px] gap-4">
          {row.networks.length > 0 && (
            <Section title={`Networks (${row.networks.length})`}>
              <ul>
                {row.networks.map((n) => (
                  <li key={n.id} className="flex gap-3 py-0.5">
                    <Link
                      href={at(networkPath(n.id), n.engine)}
                      className="min-w-0 flex-1 truncate text-accent hover:underline"
                    >
                      {n.name}
                    </Link>
                    <span className="font-mono text-sm text-text-2">{n.subnets.map((s) => s.subnet).join(", ")}</span>
                  </li>
                ))}
              </ul>
            </Section>
          )}
          {row.volumes.length > 0 && (
            <Section title={`Volumes (${row.volumes.length})`}>
              <ul>
                {row.volumes.map((v) => (
                  <li key={v.name} className="flex gap-3 py-0.5">
                    <Link
                      href={at(volumePath(v.name), v.engine)}
                      className="min-w-0 flex-1 truncate text-accent hover:underline"
                    >
                      {v.name}
                    </Link>
                    <VolumeSize volume={v} />
                  </li>
                ))}
              </ul>
            </Section>
          )}
        </div>
      </div>
      <RemoveProject row={removing ? row : undefined} onClose={() => setRemoving(false)} />
    </section>
  );
}
