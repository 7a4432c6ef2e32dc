import "./styles/index.css";
import { persist } from "./lib/persist";
import { reloadOnce } from "./lib/reload";
import { createLive } from "./store/live";
import { whyForced } from "./transport/forced";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

const version = import.meta.env.VITE_VERSION ?? "dev";
// The connection first: the server answers while React is still being read.
// In the desktop app's window, whose build this is with --mode desktop, the app
// first says where the server is.
const live =
  import.meta.env.MODE === "desktop"
    ? await persist(() => import("./desktop/start")).then(({ startDesktop }) => startDesktop(version))
    : createLive(version);
// The address as it was opened: links within the page don't carry it along.
const { search } = window.location;
live.connection.force(whyForced(search));
live.connection.connect();

// Not awaited: what it shares with this module must be done by then.
void persist(() => import("./app/mount")).then(({ mount }) => (styled() ? mount(root, live) : anew()), anew);
// The preferences come with React. Whoever changes one does so at the earliest then.
void persist(() => import("./components/preferences")).then(
  ({ transportPreference: setting }) =>
    setting.subscribe(() => live.connection.force(whyForced(search, setting.get()))),
  () => {}, // Then React did not come either, and that is told.
);

/** Whether the styles have come: they hold up this script until they have or have failed. */
function styled(): boolean {
  return getComputedStyle(document.documentElement).getPropertyValue("--surface-0") !== "";
}

/** What is missing may come with another load of the page. */
function anew(): void {
  live.auth.giveBack();
  if (reloadOnce()) return;
  root?.append("Quaywatch could not be loaded whole. Reload the page.");
}
