import "./styles/index.css";
import { persist } from "./lib/persist";
import { createLive } from "./store/live";
import { whyForced } from "./transport/forced";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

// The connection first: the server answers while React is still being read.
const live = createLive(import.meta.env.VITE_VERSION ?? "dev");
// The address as it was opened: links within the page don't carry it along.
const { search } = window.location;
live.connection.force(whyForced(search));
live.connection.connect();

// Not awaited: what it shares with this module must be done by then.
void persist(() => import("./app/mount")).then(
  ({ mount }) => mount(root, live),
  () => root.append("Quaywatch could not be loaded whole. Reload the page."),
);
// The preferences come with React. Whoever changes one does so at the earliest then.
void import("./components/preferences").then(({ transportPreference: setting }) =>
  setting.subscribe(() => live.connection.force(whyForced(search, setting.get()))),
);
