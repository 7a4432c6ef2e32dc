import { createRoot } from "react-dom/client";
import { navigate } from "wouter/use-browser-location";
import { notify } from "../components/notice";
import { alertChoices } from "../components/preferences";
import { followAbsence } from "../features/events/absence";
import { browserFrames, browserTimers } from "../lib/timers";
import { LiveProvider } from "../store/hooks";
import type { Live } from "../store/live";
import { App } from "./App";
import { followOnDesktop } from "./alerts/desktop";
import { Watchdog } from "./alerts/Watchdog";
import { followTitle } from "./followTitle";
import { PageBoundary } from "./PageBoundary";
import { followTheme } from "./theme";

/** Draws the page, and goes on drawing it. */
export function mount(root: HTMLElement, live: Live): void {
  followTheme(document.documentElement);
  followTitle(live);
  followAbsence(live.store);
  new Watchdog({
    store: live.store,
    frames: browserFrames,
    timers: browserTimers,
    wanted: alertChoices.get,
    notify,
    go: navigate,
  }).start();
  followOnDesktop();
  createRoot(root).render(
    <LiveProvider value={live}>
      <PageBoundary name="Quaywatch">
        <App />
      </PageBoundary>
    </LiveProvider>,
  );
}
