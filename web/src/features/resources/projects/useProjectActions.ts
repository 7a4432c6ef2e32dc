import type { Action } from "../../../api/types.gen";
import { useActions } from "../../actions/useActions";
import { bulkChoices } from "../../containers/model/bulk";
import type { ProjectRow } from "../model/projectRow";
import { useMay } from "../useMay";

const ACTIONS: readonly Action[] = ["start", "stop", "restart"];

/** What can be done to a whole project: the server orders its services by what they depend on. */
export function useProjectActions(row: ProjectRow) {
  const { actProject, reasonNot } = useActions();
  const may = useMay();
  const choices = bulkChoices(row.containers, ACTIONS, reasonNot).map(({ action, reason }) => ({
    action,
    reason: row.containers.length === 0 ? "It has no containers" : reason,
  }));
  return {
    choices,
    run: (action: Action) => actProject(row.name, action, row.engine),
    removeReason: may.remove,
  };
}
