import { useMemo } from "react";
import { useLiveContainers, useLiveNetworks, useLiveVolumes } from "../../../store/hooks";
import { type ProjectRow, projectRows } from "../model/projectRow";
import type { Rows } from "../useRows";

/** The Compose projects, told from the labels of all there is. */
export function useProjectRows(): Rows<ProjectRow> {
  const containers = useLiveContainers();
  const networks = useLiveNetworks();
  const volumes = useLiveVolumes();
  const rows = useMemo(
    () =>
      projectRows(
        containers.entries.map((e) => e.container),
        networks.entries.values(),
        volumes.entries.values(),
      ),
    [containers, networks, volumes],
  );
  return { loaded: containers.loaded, rows };
}
