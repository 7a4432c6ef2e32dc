import { choices } from "../../components/choices";
import { preference } from "../../components/preference";
import { CHOSEN, OFF_AT_FIRST } from "./columns";

/** Row heights, by density. */
export const ROW_HEIGHT = { compact: 28, normal: 34, roomy: 40 } as const;
export type Density = keyof typeof ROW_HEIGHT;

export const densityPreference = preference<Density>("density", ["compact", "normal", "roomy"], "normal");
export const groupPreference = preference<"flat" | "project">("group", ["flat", "project"], "flat");
/** Whether columns give way to the width, or the table scrolls sideways. */
export const columnsPreference = preference<"fit" | "all">("columns", ["fit", "all"], "fit");
/** Which columns are wanted at all; those that are always there can't be chosen. */
export const columnChoices = choices("columns.shown", CHOSEN, OFF_AT_FIRST);
