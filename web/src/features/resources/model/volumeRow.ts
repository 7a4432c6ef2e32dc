import type { Volume } from "../../../api/types.gen";
import type { Row } from "./kind";

export interface VolumeRow extends Row {
  readonly volume: Volume;
  /** How many containers mount it, running or not. */
  readonly uses: number;
}

/** A name that the engine made up. */
export function isAnonymous(volume: Volume): boolean {
  return /^[0-9a-f]{64}$/.test(volume.name);
}

const made = new WeakMap<Volume, VolumeRow>();

export function volumeRow(volume: Volume, uses: number): VolumeRow {
  const before = made.get(volume);
  if (before?.uses === uses) return before;
  const row = { key: `${volume.engine}/${volume.name}`, engine: volume.engine, name: volume.name, volume, uses };
  made.set(volume, row);
  return row;
}
