import "./styles/index.css";
import { createLive } from "./store/live";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

// The connection first: the server answers while React is still being read.
const live = createLive(import.meta.env.VITE_VERSION ?? "dev");
live.connection.connect();

// Not awaited: what it shares with this module must be done by then.
void import("./app/mount").then(({ mount }) => mount(root, live));
