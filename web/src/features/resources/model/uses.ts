import { useMemo, useState } from "react";
import type { Container } from "../../../api/types.gen";
import type { ContainerTable } from "../../../store/containerTable";
import { Tally } from "../../../store/tally";

/** How many containers use each image or volume, followed at the cost of what changes. */
export function useUses(
  containers: ContainerTable,
  keysOf: (c: Container) => readonly string[],
): (key: string) => number {
  const [tally] = useState(() => new Tally(keysOf));
  return useMemo(() => tally.count(containers), [tally, containers]);
}

export function imageKeys(c: Container): readonly string[] {
  return [`${c.engine}/${c.imageId}`];
}

export function volumeKeys(c: Container): readonly string[] {
  return c.volumes.map((name) => `${c.engine}/${name}`);
}

/** "used by 3", "unused". */
export function usedText(uses: number): string {
  return uses === 0 ? "unused" : uses === 1 ? "1 container" : `${uses} containers`;
}
