import { StateIcon } from "../../../components/container/StateIcon";
import { type ProjectRow, projectState } from "../model/projectRow";

/** A project's state as icon, word and colour. */
export function ProjectStateWord({ row }: { row: Pick<ProjectRow, "containers" | "running" | "bad"> }) {
  const icon = row.bad > 0 ? "failed" : row.running > 0 ? "running" : "exited";
  const tone = row.bad > 0 ? "text-bad" : row.running > 0 ? "text-running" : "text-stopped";
  const text = projectState(row);
  return (
    <span
      className={`inline-flex items-baseline gap-1 whitespace-nowrap first-letter:uppercase ${tone}`}
      title={row.bad > 0 ? `${text}; ${row.bad} failed, unhealthy or restarting` : text}
    >
      <span className="inline-flex self-center">
        <StateIcon name={icon} />
      </span>
      <span className="first-letter:uppercase">{text}</span>
    </span>
  );
}
