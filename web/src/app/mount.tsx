import { createRoot } from "react-dom/client";
import { LiveProvider } from "../store/hooks";
import type { Live } from "../store/live";
import { App } from "./App";
import { followTheme } from "./theme";

/** Draws the page, and goes on drawing it. */
export function mount(root: HTMLElement, live: Live): void {
  followTheme(document.documentElement);
  createRoot(root).render(
    <LiveProvider value={live}>
      <App />
    </LiveProvider>,
  );
}
