import { preference } from "../../../components/preference";
import type { TimeMode } from "./timeText";

/** What a log view remembers in this browser. */
export const timePreference = preference<TimeMode>("logs.time", ["off", "time", "full", "relative"], "time");
/** In a small window a line is seldom seen whole. */
const small = typeof window !== "undefined" && window.innerWidth < 700;
export const wrapPreference = preference<"on" | "off">("logs.wrap", ["on", "off"], small ? "on" : "off");
export const jsonPreference = preference<"on" | "off">("logs.json", ["on", "off"], "off");
/** How many past lines of each container come first. */
export const tailPreference = preference<"500" | "2000" | "10000">("logs.tail", ["500", "2000", "10000"], "500");
/** How many lines a view keeps. */
export const keptPreference = preference<"10000" | "50000">("logs.kept", ["10000", "50000"], "10000");
export const casePreference = preference<"on" | "off">("logs.case", ["on", "off"], "off");
export const regexPreference = preference<"on" | "off">("logs.regex", ["on", "off"], "off");
