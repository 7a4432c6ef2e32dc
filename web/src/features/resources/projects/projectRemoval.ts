import type { Live } from "../../../store/live";
import { deskOf as actionDeskOf } from "../../actions/desk";
import { tellRefused } from "../../actions/outcome";
import { deskOf } from "../desk";
import type { ProjectRow } from "../model/projectRow";
import { networkRemoval } from "../removal";

/** Removes a project's containers as a job of the server, and its networks once nobody is attached any more. */
export async function removeProject(live: Live, row: ProjectRow, networks: boolean): Promise<void> {
  if (row.containers.length > 0) {
    try {
      const job = await live.client.createJob({
        action: "remove",
        options: row.running > 0 ? { force: true } : {},
        project: row.name,
        engine: row.engine,
      });
      actionDeskOf(live).own.add(job.id);
      if (!networks || !(await endedWell(live, job.id))) return;
    } catch (err) {
      tellRefused(
        `Could not remove project ${row.name}`,
        `project ${row.key}`,
        err,
        () => void removeProject(live, row, networks),
      );
      return;
    }
  }
  if (!networks || row.networks.length === 0) return;
  await deskOf(live).all(
    row.networks.map((n) => networkRemoval(live.client, n)),
    { things: "networks", done: "removed" },
  );
}

/** Waits for a job's end; false where not everything was removed, and networks are still needed. */
function endedWell(live: Live, id: string): Promise<boolean> {
  return new Promise((resolve) => {
    let seen = false;
    let stop = () => {};
    const look = () => {
      const job = live.store.view().jobs.find((j) => j.id === id);
      // The answer to the request may come before the stream tells of the job.
      if (job === undefined && !seen) return;
      seen = true;
      if (job?.state === "running") return;
      stop();
      resolve(job?.state === "done" && job.failures.length === 0);
    };
    stop = live.store.subscribe(look);
    look();
  });
}
