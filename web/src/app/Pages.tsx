import { Activity, type ComponentType, Suspense, useState } from "react";
import type { ContainerTab } from "../components/routes";
import { ContainerView } from "../features/containers/ContainerView";
import { lazyPart } from "./lazyPart";
import { NotFound } from "./NotFound";
import { PageBoundary } from "./PageBoundary";
import { PageWait } from "./PageWait";
import type { Route } from "./route";

interface ContainerPageProps {
  id: string;
  tab: ContainerTab;
}

const containerPages = import.meta.glob<ComponentType<ContainerPageProps>>("../features/container/ContainerPage.tsx", {
  import: "ContainerPage",
});
const logsPages = import.meta.glob<ComponentType>("../features/logs/LogsPage.tsx", { import: "LogsPage" });

function part<P extends object>(found: Record<string, () => Promise<ComponentType<P>>>): ComponentType<P> {
  const load = Object.values(found)[0];
  return load ? lazyPart(load) : NotFound;
}

const ContainerPage = part(containerPages);
const LogsPage = part(logsPages);

/**
 * The page that is shown. The table stays when another covers it, asleep: it is
 * where it was when one comes back, and costs nothing meanwhile.
 */
export function Pages({ route }: { route: Route }) {
  const onTable = route.page === "containers";
  const [visited, setVisited] = useState(onTable);
  if (onTable && !visited) setVisited(true);
  return (
    <>
      {visited && (
        <PageBoundary name="The container table">
          <Activity mode={onTable ? "visible" : "hidden"}>
            <div className="flex min-h-0 min-w-0 flex-1 flex-col">
              <h1 className="sr-only" tabIndex={-1}>
                Containers
              </h1>
              <ContainerView />
            </div>
          </Activity>
        </PageBoundary>
      )}
      {!onTable && (
        <PageBoundary key={route.page} name={NAMES[route.page]}>
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
  logs: "The logs",
  settings: "The settings",
  missing: "The page",
} as const;

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case "container":
      return <ContainerPage id={route.id} tab={route.tab} />;
    case "logs":
      return <LogsPage />;
    default:
      return <NotFound />;
  }
}
