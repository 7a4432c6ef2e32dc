/** Why a page polls although nobody has tried a WebSocket: it was told to. */
import { load } from "../components/storage";

export const WHY_ADDRESS = "?transport=polling";
export const WHY_SETTING = "Polling is set in the settings";

/** Where components/preferences.ts keeps the setting; read here without React, which is still being loaded. */
const SETTING = "quaywatch.transport";

/** whyForced is null where nothing forces polling. The address stands above the setting. */
export function whyForced(search: string, setting: string | null = load(SETTING)): string | null {
  if (new URLSearchParams(search).get("transport") === "polling") return WHY_ADDRESS;
  return setting === "polling" ? WHY_SETTING : null;
}
