import type { Live } from "../../../store/live";
import { deskOf } from "../../actions/desk";
import { runningCount } from "../../actions/model/removal";
import type { ProjectRow } from "../model/projectRow";
import { removeNetworks } from "../removal";

/** Removes a project's containers, and its networks behind them: a job of the server. */
export function removeProject(live: Live, row: ProjectRow, networks: boolean): void {
  if (row.containers.length === 0) {
    removeNetworks(live, networks ? row.networks : []);
    return;
  }
  deskOf(live).project(row.name, "remove", removalOptions(row, networks), row.engine);
}

/** What runs is killed, and what restarts is removed by force only, too. */
export function removalOptions(row: Pick<ProjectRow, "containers" | "networks">, networks: boolean) {
  return {
    ...(runningCount(row.containers) > 0 && { force: true }),
    ...(networks && row.networks.length > 0 && { networks }),
  };
}
