import { Tooltip } from "@base-ui/react/tooltip";
import { Suspense, useSyncExternalStore } from "react";
import { useLocation } from "wouter";
import { Announcer } from "../components/Announcer";
import { usePreference } from "../components/preference";
import { shellOf } from "../components/shell";
import { Toaster } from "../components/Toaster";
import { Banners } from "../features/connection/Banners";
import { AwayBar } from "../features/events/AwayBar";
import { EventFeed } from "../features/events/EventFeed";
import { feedPreference } from "../features/events/feedPreferences";
import { useLive, useLiveJobs } from "../store/hooks";
import { Header } from "./Header";
import { lazyPart } from "./lazyPart";
import { focusMain } from "./navigation";
import { OverlayBoundary } from "./OverlayBoundary";
import { Overlays } from "./Overlays";
import { overlay } from "./overlay";
import { PageBoundary } from "./PageBoundary";
import { Pages } from "./Pages";
import { routeOf } from "./route";
import { ShellKeys } from "./ShellKeys";
import { usePageTurn } from "./usePageTurn";

// For who is not signed in, which is rare.
const SignIn = lazyPart(() => import("../features/connection/SignIn").then((m) => m.SignIn));
// After the first picture: nobody asks before there is one.
const ActionDialogs = lazyPart(() => import("../features/actions/ActionDialogs").then((m) => m.ActionDialogs));

// Only while there is one.
const JobPanels = lazyPart(() => import("../features/transfers/JobPanels").then((m) => m.JobPanels));

/** The page: the head, what must be known first, what was asked for, and the feed beside or below it. */
export function App() {
  const { store } = useLive();
  const signedOut = useSyncExternalStore(store.subscribe, () => store.view().connection.phase === "signin");
  return (
    <Tooltip.Provider delay={300}>
      <div className="flex h-full flex-col print:block">
        {signedOut ? (
          <>
            <Header bare />
            <main className="flex min-h-0 flex-1 overflow-auto">
              <Suspense fallback={null}>
                <PageBoundary name="The sign-in">
                  <SignIn />
                </PageBoundary>
              </Suspense>
            </main>
          </>
        ) : (
          <SignedIn />
        )}
        <Announcer />
      </div>
    </Tooltip.Provider>
  );
}

/** Jobs go on whatever page is shown. */
function Jobs() {
  const any = useLiveJobs().length > 0;
  return any ? (
    <Suspense fallback={null}>
      <OverlayBoundary>
        <JobPanels />
      </OverlayBoundary>
    </Suspense>
  ) : null;
}

function SignedIn() {
  const feed = usePreference(feedPreference) === "open";
  const [path] = useLocation();
  const route = routeOf(path);
  usePageTurn(route);
  const Shell = shellOf();
  return (
    <>
      <ShellKeys />
      <button type="button" className="qw-skip" onClick={focusMain}>
        Skip to the content
      </button>
      <Header bare={false} />
      <section aria-label="News">
        {Shell && <Shell.News />}
        <Banners />
        <AwayBar />
      </section>
      <div className="flex min-h-0 flex-1 max-lg:flex-col print:block">
        <main id="main" tabIndex={-1} className="flex min-h-0 min-w-0 flex-1 flex-col outline-none">
          <Pages route={route} />
          <Jobs />
        </main>
        {feed && route.page !== "events" && (
          <aside
            id="events"
            aria-label="Events"
            tabIndex={-1}
            className="shrink-0 border-line outline-none max-lg:h-2/5 max-lg:border-t lg:w-60 lg:border-s 2xl:w-96 print:hidden"
          >
            <PageBoundary name="The event feed">
              <EventFeed />
            </PageBoundary>
          </aside>
        )}
      </div>
      <Suspense fallback={null}>
        <OverlayBoundary>
          <ActionDialogs />
        </OverlayBoundary>
      </Suspense>
      <Overlays />
      <Toaster onMore={() => overlay.set("notices")} />
    </>
  );
}
