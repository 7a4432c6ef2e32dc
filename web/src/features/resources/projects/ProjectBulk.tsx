import type { Action } from "../../../api/types.gen";
import { ActionButton } from "../../actions/ActionButton";
import { useActions } from "../../actions/useActions";
import { bulkChoices } from "../../containers/model/bulk";
import type { ProjectRow } from "../model/projectRow";

const ACTIONS: readonly Action[] = ["start", "stop", "restart"];

/** What can be done to several projects: each is a job of its own, in the order of its services. */
export function ProjectBulk({ rows }: { rows: readonly ProjectRow[] }) {
  const { actProject, reasonNot } = useActions();
  const choices = bulkChoices(
    rows.flatMap((r) => r.containers),
    ACTIONS,
    reasonNot,
  );
  return choices.map(({ action, reason }) => (
    <ActionButton
      key={action}
      action={action}
      reason={reason}
      onPress={() => {
        for (const row of rows) {
          if (row.containers.some((c) => reasonNot(c, action) === null)) actProject(row.name, action);
        }
      }}
    />
  ));
}
