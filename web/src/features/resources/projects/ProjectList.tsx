import { Menu } from "@base-ui/react/menu";
import ExternalLink from "lucide-react/icons/external-link";
import ScrollText from "lucide-react/icons/scroll-text";
import { useState } from "react";
import { useLocation } from "wouter";
import { logsPath, projectPath } from "../../../components/routes";
import { ActionIcon } from "../../actions/ActionIcon";
import { WORDS } from "../../actions/model/words";
import { ListEmpty } from "../ListEmpty";
import { ResourceList } from "../list/ResourceList";
import { MenuAction } from "../MenuAction";
import type { ProjectRow } from "../model/projectRow";
import { useAddress } from "../useAddress";
import { ProjectBulk } from "./ProjectBulk";
import { PROJECTS } from "./projects";
import { RemoveProject } from "./RemoveProject";
import { useProjectActions } from "./useProjectActions";
import { useProjectRows } from "./useProjectRows";

/** All Compose projects. */
export function ProjectList() {
  const rows = useProjectRows();
  const [removing, setRemoving] = useState<string | null>(null);
  return (
    <>
      <ResourceList
        kind={PROJECTS}
        of={rows}
        empty={
          <ListEmpty title="No projects">
            <p className="text-text-2">
              What <code className="font-mono">docker compose up</code> starts has labels that say which project it
              belongs to. Nothing here has any.
            </p>
          </ListEmpty>
        }
        bulk={(selected) => <ProjectBulk rows={selected} />}
        menu={(row) => <Items row={row} onRemove={() => setRemoving(row.key)} />}
      />
      <RemoveProject row={rows.rows.find((r) => r.key === removing)} onClose={() => setRemoving(null)} />
    </>
  );
}

function Items({ row, onRemove }: { row: ProjectRow; onRemove: () => void }) {
  const [, navigate] = useLocation();
  const at = useAddress();
  const { choices, run, removeReason } = useProjectActions(row);
  return (
    <>
      <MenuAction
        icon={<ExternalLink size={14} aria-hidden />}
        label="Open"
        keys="Enter"
        onChoose={() => navigate(at(projectPath(row.name), row.engine))}
      />
      <MenuAction
        icon={<ScrollText size={14} aria-hidden />}
        label="Logs together"
        onChoose={() => navigate(logsPath({ project: row.name }))}
      />
      <Menu.Separator className="my-1 h-px bg-line" />
      {choices.map(({ action, reason }) => (
        <MenuAction
          key={action}
          icon={<ActionIcon action={action} />}
          label={WORDS[action].verb}
          reason={reason}
          onChoose={() => run(action)}
        />
      ))}
      <MenuAction icon={<ActionIcon action="remove" />} label="Remove…" bad reason={removeReason} onChoose={onRemove} />
    </>
  );
}
