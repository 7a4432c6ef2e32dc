import { Activity, Suspense, useState, useSyncExternalStore } from "react";
import { densityPreference } from "../components/density";
import { ContainerView } from "../features/containers/ContainerView";
import { lazyPart } from "./lazyPart";
import { NotFound } from "./NotFound";
import { PageBoundary } from "./PageBoundary";
import { PageWait } from "./PageWait";
import { PrintTable } from "./PrintTable";
import { printState } from "./printing";
import type { Route } from "./route";
import { pageKey } from "./usePageTurn";

const ContainerPage = lazyPart(() => import("../features/container/ContainerPage").then((m) => m.ContainerPage));
const SettingsPage = lazyPart(() => import("../features/settings/SettingsPage").then((m) => m.SettingsPage));
const LogsPage = lazyPart(() => import("../features/logs/LogsPage").then((m) => m.LogsPage));
const ResourcePages = lazyPart(() => import("../features/resources/ResourcePages").then((m) => m.ResourcePages));
const ProjectPages = lazyPart(() => import("../features/resources/projects/ProjectPages").then((m) => m.ProjectPages));
const EventsPage = lazyPart(() => import("../features/events/page/EventsPage").then((m) => m.EventsPage));
const AlertsPage = lazyPart(() => import("../features/alerts/AlertsPage").then((m) => m.AlertsPage));
const SystemPage = lazyPart(() => import("../features/resources/system/SystemPage").then((m) => m.SystemPage));

/**
 * The page that is shown. The table stays when another covers it, asleep: it is
 * where it was when one comes back, and costs nothing meanwhile.
 */
export function Pages({ route }: { route: Route }) {
  const onTable = route.page === "containers";
  const printing = useSyncExternalStore(printState.subscribe, printState.get);
  const [visited, setVisited] = useState(onTable);
  if (onTable && !visited) setVisited(true);
  return (
    <>
      {visited && (
        <PageBoundary name="The container table">
          <Activity mode={onTable ? "visible" : "hidden"}>
            <div className="flex min-h-0 min-w-0 flex-1 flex-col print:hidden">
              <h1 className="sr-only" tabIndex={-1}>
                Containers
              </h1>
              <ContainerView />
            </div>
          </Activity>
        </PageBoundary>
      )}
      {onTable && printing && <PrintTable />}
      {!onTable && (
        <PageBoundary key={pageKey(route)} name={NAMES[route.page]}>
          <Suspense fallback={<PageWait />}>
            <Page route={route} />
          </Suspense>
        </PageBoundary>
      )}
    </>
  );
}

const NAMES = {
  container: "The container's view",
  images: "The images",
  volumes: "The volumes",
  networks: "The networks",
  projects: "The projects",
  events: "The events",
  system: "The system's page",
  alerts: "The alerts",
  logs: "The logs",
  settings: "The settings",
  missing: "The page",
} as const;

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case "container":
      return <ContainerPage id={route.id} tab={route.tab} />;
    case "images":
    case "volumes":
    case "networks":
      return <ResourcePages kind={route.page} id={route.id} />;
    case "projects":
      return <ProjectPages name={route.id} />;
    case "events":
      return <EventsPage />;
    case "system":
      return <SystemPage />;
    case "alerts":
      return <AlertsPage tab={route.tab} />;
    case "logs":
      return <LogsPage />;
    case "settings":
      return <SettingsPage density={densityPreference} />;
    default:
      return <NotFound />;
  }
}
