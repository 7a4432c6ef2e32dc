import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { followTheme } from "./app/theme";
import { LiveProvider } from "./store/hooks";
import { createLive } from "./store/live";
import "./styles/index.css";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

followTheme(document.documentElement);
const live = createLive(import.meta.env.VITE_VERSION ?? "dev");
live.connection.connect();

createRoot(root).render(
  <LiveProvider value={live}>
    <App />
  </LiveProvider>,
);
