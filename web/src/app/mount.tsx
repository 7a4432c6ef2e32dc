import { createRoot } from "react-dom/client";
import { watchLeaving } from "../components/leaving";
import { notify } from "../components/notice";
import { followAbsence } from "../features/events/absence";
import { persist } from "../lib/persist";
import { LiveProvider } from "../store/hooks";
import type { Live } from "../store/live";
import { App } from "./App";
import { followTitle } from "./followTitle";
import { PageBoundary } from "./PageBoundary";
import { followTheme } from "./theme";

/** Draws the page, and goes on drawing it. */
export function mount(root: HTMLElement, live: Live): void {
  watchLeaving();
  followTheme(document.documentElement);
  followTitle(live);
  followAbsence(live.store);
  // Nobody can tell of trouble before there is a view of anything.
  void persist(() => import("./alerts/follow")).then(
    ({ followAlerts }) => followAlerts(live),
    () =>
      notify({
        tone: "bad",
        title: "Nobody watches for trouble",
        text: "A part of this page could not be loaded. Reload it.",
      }),
  );
  createRoot(root).render(
    <LiveProvider value={live}>
      <PageBoundary name="Quaywatch">
        <App />
      </PageBoundary>
    </LiveProvider>,
  );
}
