import { lazy, Suspense, useMemo } from "react";
import { useSearch } from "wouter";
import type { ContainerTab } from "../../components/routes";
import { type Moment, momentOf } from "../../lib/moment";
import type { ContainerEntry } from "../../store/state";
import { ContainerHead } from "./ContainerHead";
import { EventsTab } from "./EventsTab";
import { InspectTab } from "./InspectTab";
import { MomentBar } from "./MomentBar";
import { NotFound } from "./NotFound";
import { Overview } from "./Overview";
import { Remembered } from "./Remembered";
import { useShown } from "./useShown";

const Charts = lazy(() => import("../charts/Charts").then((m) => ({ default: m.Charts })));
const LogView = lazy(() => import("../logs/LogView").then((m) => ({ default: m.LogView })));
const TerminalTab = lazy(() => import("../terminal/TerminalTab").then((m) => ({ default: m.TerminalTab })));

interface ContainerPageProps {
  /** A container's name, its id or the beginning of it. */
  id: string;
  tab: ContainerTab;
}

/** One container's own view: its head, its parts as links, and one of them. */
export function ContainerPage({ id, tab }: ContainerPageProps) {
  const shown = useShown(id);
  const search = useSearch();
  const moment = useMemo(() => momentOf(search), [search]);
  if (shown.kind === "waiting") {
    return (
      <section className="qw-late flex-1 bg-surface-1 p-4 text-text-2" aria-busy="true">
        Waiting for the list of containers…
      </section>
    );
  }
  if (shown.kind === "none") return <Remembered id={id} tab={tab} moment={moment} />;
  if (shown.kind === "many") return <NotFound id={id} shown={shown} />;
  const { entry } = shown;
  return (
    <section
      aria-label={`Container ${entry.container.name}`}
      className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface-1"
      data-container={entry.key}
      data-shown={shown.kind}
    >
      <ContainerHead shown={shown} tab={tab} moment={moment} />
      {moment && <MomentBar containerKey={entry.key} tab={tab} moment={moment} live={shown.kind === "there"} />}
      <div className="flex min-h-0 flex-1 flex-col overflow-auto" key={entry.key}>
        <Suspense fallback={<p className="qw-late p-4 text-text-2">Loading…</p>}>
          <Part entry={entry} tab={tab} there={shown.kind === "there"} moment={moment} />
        </Suspense>
      </div>
    </section>
  );
}

interface PartProps {
  entry: ContainerEntry;
  tab: ContainerTab;
  there: boolean;
  moment: Moment | null;
}

function Part({ entry, tab, there, moment }: PartProps) {
  const { key } = entry;
  const { name } = entry.container;
  switch (tab) {
    case "overview":
      return <Overview entry={entry} there={there} />;
    case "charts":
      return <Charts containerKey={key} moment={moment} />;
    case "logs":
      return <LogView containerKey={key} title={name} moment={moment} />;
    case "terminal":
      return <TerminalTab entry={entry} there={there} />;
    case "events":
      return <EventsTab entry={entry} />;
    case "inspect":
      return <InspectTab containerKey={key} name={name} />;
  }
}
