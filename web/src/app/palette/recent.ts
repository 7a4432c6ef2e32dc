import { load, save } from "../../components/storage";

const KEY = "quaywatch.palette.recent";
/** So many are remembered. */
export const KEPT = 8;

/** The ids of what was chosen last, the latest first. */
export function recentIds(): readonly string[] {
  return (load(KEY) ?? "").split("\n").filter((id) => id !== "");
}

export function rememberId(id: string): void {
  save(KEY, [id, ...recentIds().filter((other) => other !== id)].slice(0, KEPT).join("\n"));
}
