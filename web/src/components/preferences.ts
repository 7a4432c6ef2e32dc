/**
 * What the user can set, remembered by this browser. The settings page shows
 * them; whoever draws or connects reads them.
 */
import { choices } from "./choices";
import { preference } from "./preference";

export type Theme = "system" | "light" | "dark" | "contrast";

/** contrast: high contrast, light or dark as the system is. */
export const themePreference = preference<Theme>("theme", ["system", "light", "dark", "contrast"], "system");

/** 1 KiB is 1,024 bytes; 1 kB is 1,000. */
export const unitsPreference = preference<"binary" | "decimal">("units", ["binary", "decimal"], "binary");

/** What 100 % of CPU is: one core, all of the machine's, or the container's limit where it has one. */
export const cpuBasePreference = preference<CpuBase>("cpuBase", ["core", "host", "limit"], "core");
export type CpuBase = "core" | "host" | "limit";

/** off: nothing moves, as with prefers-reduced-motion. */
export const motionPreference = preference<"system" | "off">("motion", ["system", "off"], "system");

/** Whether single keys (j, x, s, …) do anything; those with Ctrl or ⌘ always do. */
export const singleKeysPreference = preference<"on" | "off">("singleKeys", ["on", "off"], "on");

/** polling: for networks that break WebSockets. ?transport=polling says the same for one page. */
export const transportPreference = preference<"auto" | "polling">("transport", ["auto", "polling"], "auto");

/** How the feed and the notices say when something was: "12 s ago" within the hour, or always the time of day. */
export const timesPreference = preference<"relative" | "absolute">("times", ["relative", "absolute"], "relative");

/** Alerts of which severity the page gives notice of; all of them stand on their own page. */
export const noticeSeverities = choices("notices.severities", ["critical", "warning", "info"], ["info"]);

/** Desktop notifications, when the window is not focused. */
export const desktopNoticesPreference = preference<"on" | "off">("notices.desktop", ["on", "off"], "off");
