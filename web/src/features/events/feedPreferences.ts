import { choices } from "../../components/choices";
import { KINDS } from "../../components/event/eventText";
import { preference } from "../../components/preference";

/** A small window starts with the table alone. */
const SMALL = 700;

export const feedPreference = preference<"open" | "closed">(
  "events",
  ["open", "closed"],
  typeof window !== "undefined" && window.innerWidth < SMALL ? "closed" : "open",
);

/** Which kinds are shown. */
export const kindChoices = choices("events.kinds", KINDS, ["exec"]);

/** Whether the chips stand open. */
export const filtersPreference = preference<"open" | "closed">("events.filters", ["open", "closed"], "closed");
