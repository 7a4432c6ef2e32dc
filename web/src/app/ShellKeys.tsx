import { useEffect } from "react";
import { navigate } from "wouter/use-browser-location";
import { type KeyBinding, listenForKeys, typesInto, useKeys } from "../components/keys";
import {
  ALERTS_PATH,
  CONTAINERS_PATH,
  EVENTS_PATH,
  IMAGES_PATH,
  NETWORKS_PATH,
  PROJECTS_PATH,
  SETTINGS_PATH,
  SYSTEM_PATH,
  VOLUMES_PATH,
} from "../components/routes";
import { followHistory, goBack, goToContainers } from "./navigation";
import { overlay } from "./overlay";

/** The keys that do the same on every page. It stands first in the page, so that whatever else is bound comes before. */
export function ShellKeys() {
  useEffect(() => listenForKeys(document), []);
  useEffect(followHistory, []);
  useKeys([
    {
      keys: "Mod+k",
      what: "Find containers, actions, pages and settings",
      group: "Everywhere",
      run: () => toggle("palette"),
    },
    { keys: "?", what: "Show these keys", group: "Everywhere", run: () => toggle("keys") },
    { keys: "Escape", what: "Back", group: "Everywhere", run: onEscape },
    { keys: "g c", what: "Containers", group: "Go to", run: () => done(goToContainers) },
    go("g i", "Images", IMAGES_PATH),
    go("g v", "Volumes", VOLUMES_PATH),
    go("g n", "Networks", NETWORKS_PATH),
    go("g p", "Projects", PROJECTS_PATH),
    go("g a", "Alerts", ALERTS_PATH),
    go("g y", "System", SYSTEM_PATH),
    go("g e", "Events", EVENTS_PATH),
    go("g s", "Settings", SETTINGS_PATH),
  ]);
  return null;
}

function toggle(which: "palette" | "keys"): undefined {
  overlay.set(overlay.get() === which ? null : which);
}

function go(keys: string, what: string, path: string): KeyBinding {
  return { keys, what, group: "Go to", run: () => done(() => navigate(path)) };
}

function done(fn: () => void): undefined {
  fn();
}

/** Inputs have an Esc of their own; from the table one can't go further back. */
function onEscape(e: KeyboardEvent): boolean | undefined {
  if (typesInto(e.target) || location.pathname === CONTAINERS_PATH) return false;
  goBack();
  return undefined;
}
