import type { EngineStatus } from "../../api/types.gen";
import type { ContainerTable } from "../../store/containerTable";

/**
 * Whether there is nothing to show because of an engine that does not answer.
 * Then the view says so in place of the table, and a banner would only say it
 * again.
 */
export function noEngine(containers: ContainerTable, engines: readonly EngineStatus[]): boolean {
  return containers.loaded && containers.size === 0 && engines.some((e) => e.state !== "connected");
}
