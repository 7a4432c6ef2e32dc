/** What the palette can do on every page. */

import Activity from "lucide-react/icons/activity";
import Bell from "lucide-react/icons/bell";
import Boxes from "lucide-react/icons/boxes";
import Keyboard from "lucide-react/icons/keyboard";
import LogOut from "lucide-react/icons/log-out";
import Settings from "lucide-react/icons/settings";
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
import { SETTINGS_PATH } from "../../components/routes";
import { groupPreference } from "../../features/containers/viewPreferences";
import { feedPreference } from "../../features/events/feedPreferences";
import { goToContainers, goToEvents } from "../navigation";
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
    {
      id: "go.events",
      title: "Events",
      group: "Pages",
      words: "go to feed log history",
      keys: "g e",
      icon: Activity,
      run: goToEvents,
    },
    {
      id: "go.notices",
      title: "Notifications",
      group: "Pages",
      words: "go to alerts bell centre",
      icon: Bell,
      run: () => overlay.set("notices"),
    },
    {
      id: "go.settings",
      title: "Settings",
      group: "Pages",
      words: "go to preferences options",
      keys: "g s",
      icon: Settings,
      run: () => navigate(SETTINGS_PATH),
    },
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
