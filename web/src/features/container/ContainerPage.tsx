import { lazy, Suspense } from "react";
import type { ContainerTab } from "../../components/routes";
import { ContainerHead } from "./ContainerHead";
import { NotFound } from "./NotFound";
import { Overview } from "./Overview";
import { useShown } from "./useShown";

const Charts = lazy(() => import("../charts/Charts").then((m) => ({ default: m.Charts })));

interface ContainerPageProps {
  /** A container's name, its id or the beginning of it. */
  id: string;
  tab: ContainerTab;
}

/** One container's own view: its head, its parts as links, and one of them. */
export function ContainerPage({ id, tab }: ContainerPageProps) {
  const shown = useShown(id);
  if (shown.kind === "waiting") {
    return (
      <section className="qw-late flex-1 bg-surface-1 p-4 text-text-2" aria-busy="true">
        Waiting for the list of containers…
      </section>
    );
  }
  if (shown.kind === "none" || shown.kind === "many") return <NotFound id={id} shown={shown} />;
  const { entry } = shown;
  return (
    <section
      aria-label={`Container ${entry.container.name}`}
      className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface-1"
      data-container={entry.key}
    >
      <ContainerHead shown={shown} tab={tab} />
      <div className="min-h-0 flex-1 overflow-auto">
        <Suspense fallback={<p className="qw-late p-4 text-text-2">Loading…</p>}>
          {tab === "overview" && <Overview entry={entry} there={shown.kind === "there"} />}
          {tab === "charts" && <Charts containerKey={entry.key} />}
        </Suspense>
      </div>
    </section>
  );
}
