import type { Live } from "../../../store/live";
import { deskOf } from "../../actions/desk";
import type { ProjectRow } from "../model/projectRow";
import { removeNetworks } from "../removal";

/** Removes a project's containers, and its networks behind them: a job of the server. */
export function removeProject(live: Live, row: ProjectRow, networks: boolean): void {
  if (row.containers.length === 0) {
    removeNetworks(live, networks ? row.networks : []);
    return;
  }
  const options = { ...(row.running > 0 && { force: true }), ...(networks && row.networks.length > 0 && { networks }) };
  deskOf(live).project(row.name, "remove", options, row.engine);
}
