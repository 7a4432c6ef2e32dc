/** What the palette can do on every page. */

import Activity from "lucide-react/icons/activity";
import Bell from "lucide-react/icons/bell";
import BellRing from "lucide-react/icons/bell-ring";
import Boxes from "lucide-react/icons/boxes";
import HardDrive from "lucide-react/icons/hard-drive";
import Keyboard from "lucide-react/icons/keyboard";
import Layers from "lucide-react/icons/layers";
import LogOut from "lucide-react/icons/log-out";
import Network from "lucide-react/icons/network";
import Server from "lucide-react/icons/server";
import Settings from "lucide-react/icons/settings";
import Shapes from "lucide-react/icons/shapes";
import SlidersHorizontal from "lucide-react/icons/sliders-horizontal";
import SunMoon from "lucide-react/icons/sun-moon";
import { navigate } from "wouter/use-browser-location";
import type { Command } from "../../components/commands";
import { densityPreference } from "../../components/density";
import type { Preference } from "../../components/preference";
import {
  cpuBasePreference,
  motionPreference,
  singleKeysPreference,
  themePreference,
  unitsPreference,
} from "../../components/preferences";
import {
  ALERTS_PATH,
  alertsPath,
  EVENTS_PATH,
  IMAGES_PATH,
  NETWORKS_PATH,
  PROJECTS_PATH,
  SETTINGS_PATH,
  SYSTEM_PATH,
  VOLUMES_PATH,
} from "../../components/routes";
import { groupPreference } from "../../features/containers/viewPreferences";
import { feedPreference } from "../../features/events/feedPreferences";
import { goToContainers } from "../navigation";
import { overlay } from "../overlay";

/** One command for each value that is not the present one. */
function choose<T extends string>(
  id: string,
  of: Preference<T>,
  titles: Record<T, string>,
  words: string,
  icon = SlidersHorizontal,
): Command[] {
  return (Object.keys(titles) as T[])
    .filter((value) => value !== of.get())
    .map((value) => ({
      id: `${id}.${value}`,
      title: titles[value],
      group: "Settings",
      words,
      icon,
      run: () => of.set(value),
    }));
}

function page(
  id: string,
  title: string,
  path: string,
  keys: string,
  words: string,
  icon: NonNullable<Command["icon"]>,
): Command {
  return { id: `go.${id}`, title, group: "Pages", words, ...(keys && { keys }), icon, run: () => navigate(path) };
}

export function shellCommands(signOut: () => void): readonly Command[] {
  return [
    {
      id: "go.containers",
      title: "Containers",
      group: "Pages",
      words: "go to table list",
      keys: "g c",
      icon: Boxes,
      run: goToContainers,
    },
    page("images", "Images", IMAGES_PATH, "g i", "go to tags layers pull", Layers),
    page("volumes", "Volumes", VOLUMES_PATH, "g v", "go to disks data mounts", HardDrive),
    page("networks", "Networks", NETWORKS_PATH, "g n", "go to subnets addresses", Network),
    page("projects", "Projects", PROJECTS_PATH, "g p", "go to compose services stacks", Shapes),
    page("alerts", "Alerts", ALERTS_PATH, "g a", "go to firing trouble acknowledge snooze", BellRing),
    page("alertHistory", "Past alerts", alertsPath("history"), "", "go to alerts history", BellRing),
    page("alertRules", "Alert rules", alertsPath("rules"), "", "go to alerts conditions thresholds", BellRing),
    page("deliveries", "Deliveries", alertsPath("deliveries"), "", "go to alerts webhook slack mail ntfy", BellRing),
    page("system", "System", SYSTEM_PATH, "g y", "go to engine info disk use warnings contexts", Server),
    page("events", "Events", EVENTS_PATH, "g e", "go to log history past audit who", Activity),
    {
      id: "go.notices",
      title: "Notifications",
      group: "Pages",
      words: "go to bell centre toasts",
      icon: Bell,
      run: () => overlay.set("notices"),
    },
    page("settings", "Settings", SETTINGS_PATH, "g s", "go to preferences options", Settings),
    {
      id: "keys",
      title: "Keyboard shortcuts",
      group: "Pages",
      words: "help keys hotkeys",
      keys: "?",
      icon: Keyboard,
      run: () => overlay.set("keys"),
    },
    ...choose(
      "group",
      groupPreference,
      { project: "Group by Compose project", flat: "Do not group containers" },
      "table compose",
    ),
    ...choose("feed", feedPreference, { open: "Show the event feed", closed: "Hide the event feed" }, "events panel"),
    ...choose(
      "theme",
      themePreference,
      { system: "Theme as the system", light: "Light theme", dark: "Dark theme", contrast: "High contrast theme" },
      "appearance colour mode night",
      SunMoon,
    ),
    ...choose(
      "density",
      densityPreference,
      { compact: "Compact rows", normal: "Normal rows", roomy: "Roomy rows" },
      "density table height",
    ),
    ...choose(
      "units",
      unitsPreference,
      { binary: "Sizes in KiB, MiB, GiB", decimal: "Sizes in kB, MB, GB" },
      "units bytes memory",
    ),
    ...choose(
      "cpu",
      cpuBasePreference,
      { core: "CPU in percent of one core", host: "CPU in percent of the host", limit: "CPU in percent of the limit" },
      "base cores",
    ),
    ...choose(
      "motion",
      motionPreference,
      { system: "Animate as the system does", off: "Switch animation off" },
      "motion reduced",
    ),
    ...choose(
      "keys",
      singleKeysPreference,
      { on: "Switch single keys on", off: "Switch single keys off" },
      "keyboard shortcuts",
    ),
    { id: "signout", title: "Sign out", group: "Session", words: "log out leave", icon: LogOut, run: signOut },
  ];
}
