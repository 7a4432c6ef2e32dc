import { type Preference, preference } from "../../components/preference";
import { KINDS, type Kind } from "./eventText";

type OnOff = "on" | "off";

/** A small window starts with the table alone. */
const SMALL = 700;

export const feedPreference = preference<"open" | "closed">(
  "events",
  ["open", "closed"],
  typeof window !== "undefined" && window.innerWidth < SMALL ? "closed" : "open",
);

/** Which kinds are shown; each is remembered by itself. */
export const kindPreferences: ReadonlyMap<Kind, Preference<OnOff>> = new Map(
  KINDS.map((k) => [k, preference<OnOff>(`events.${k}`, ["on", "off"], k === "exec" ? "off" : "on")]),
);
