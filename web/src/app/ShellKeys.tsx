import { useEffect } from "react";
import { navigate } from "wouter/use-browser-location";
import { listenForKeys, typesInto, useKeys } from "../components/keys";
import { CONTAINERS_PATH, SETTINGS_PATH } from "../components/routes";
import { followHistory, goBack, goToContainers, goToEvents } from "./navigation";
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
    { keys: "g e", what: "Events", group: "Go to", run: () => done(goToEvents) },
    { keys: "g s", what: "Settings", group: "Go to", run: () => done(() => navigate(SETTINGS_PATH)) },
  ]);
  return null;
}

function toggle(which: "palette" | "keys"): undefined {
  overlay.set(overlay.get() === which ? null : which);
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
