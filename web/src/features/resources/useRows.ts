/** The rows of each list: the topic's own, with who uses them from the containers. */
import { useMemo } from "react";
import { useLiveContainers, useLiveImages, useLiveNetworks, useLiveVolumes } from "../../store/hooks";
import { type ImageRow, imageRow } from "./model/imageRow";
import { type NetworkRow, networkRow } from "./model/networkRow";
import { imageKeys, useUses, volumeKeys } from "./model/uses";
import { type VolumeRow, volumeRow } from "./model/volumeRow";

export interface Rows<R> {
  readonly loaded: boolean;
  readonly rows: readonly R[];
}

export function useImageRows(): Rows<ImageRow> {
  const { loaded, entries } = useLiveImages();
  const uses = useUses(useLiveContainers(), imageKeys);
  const rows = useMemo(() => entries.values().map((i) => imageRow(i, uses(`${i.engine}/${i.id}`))), [entries, uses]);
  return { loaded, rows };
}

export function useVolumeRows(): Rows<VolumeRow> {
  const { loaded, entries } = useLiveVolumes();
  const uses = useUses(useLiveContainers(), volumeKeys);
  const rows = useMemo(() => entries.values().map((v) => volumeRow(v, uses(`${v.engine}/${v.name}`))), [entries, uses]);
  return { loaded, rows };
}

export function useNetworkRows(): Rows<NetworkRow> {
  const { loaded, entries } = useLiveNetworks();
  const rows = useMemo(() => entries.values().map(networkRow), [entries]);
  return { loaded, rows };
}
