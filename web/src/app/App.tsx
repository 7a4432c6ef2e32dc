import { Tooltip } from "@base-ui/react/tooltip";
import { useSyncExternalStore } from "react";
import { useLocation } from "wouter";
import { Announcer } from "../components/Announcer";
import { usePreference } from "../components/preference";
import { Banners } from "../features/connection/Banners";
import { SignIn } from "../features/connection/SignIn";
import { EventFeed } from "../features/events/EventFeed";
import { feedPreference } from "../features/events/feedPreferences";
import { useLive } from "../store/hooks";
import { Header } from "./Header";
import { Pages } from "./Pages";
import { routeOf } from "./route";

/** The page: the head, what must be known first, what was asked for, and the feed beside or below it. */
export function App() {
  const { store } = useLive();
  const signedOut = useSyncExternalStore(store.subscribe, () => store.view().connection.phase === "signin");
  const feed = usePreference(feedPreference) === "open";
  const [path] = useLocation();
  return (
    <Tooltip.Provider delay={300}>
      <div className="flex h-full flex-col">
        <Header />
        {signedOut ? (
          <main className="flex min-h-0 flex-1 overflow-auto">
            <SignIn />
          </main>
        ) : (
          <>
            <Banners />
            <div className="flex min-h-0 flex-1 max-lg:flex-col">
              <main id="main" tabIndex={-1} className="flex min-h-0 min-w-0 flex-1 flex-col outline-none">
                <Pages route={routeOf(path)} />
              </main>
              {feed && (
                <aside
                  aria-label="Events"
                  className="shrink-0 border-line max-lg:h-2/5 max-lg:border-t lg:w-60 lg:border-s 2xl:w-96"
                >
                  <EventFeed />
                </aside>
              )}
            </div>
          </>
        )}
        <Announcer />
      </div>
    </Tooltip.Provider>
  );
}
