import Trash2 from "lucide-react/icons/trash-2";
import { lazy, Suspense, useMemo } from "react";
import { Link } from "wouter";
import { formatExact, parseTime } from "../../components/format/time";
import { CONTAINERS_PATH, type ContainerTab } from "../../components/routes";
import type { Moment } from "../../lib/moment";
import { projectOf } from "../../store/past/matching";
import { usePastLog } from "../../store/past/usePastLog";
import { MomentBar } from "./MomentBar";
import { NotFound } from "./NotFound";
import { PastOf } from "./PastOf";

const Charts = lazy(() => import("../charts/Charts").then((m) => ({ default: m.Charts })));

interface RememberedProps {
  id: string;
  tab: ContainerTab;
  /** The moment that is looked around. */
  moment: Moment | null;
}

/** A container that is not there: as the history knows it, if it does. */
export function Remembered({ id, tab, moment }: RememberedProps) {
  const params = useMemo(() => new URLSearchParams({ container: id, kind: "container" }).toString(), [id]);
  const { view } = usePastLog(params, false);
  const last = view.events[0]?.event;
  if (last === undefined) {
    if (view.phase === "first") return <p className="qw-late p-6 text-text-2">Looking in the history…</p>;
    return <NotFound id={id} shown={{ kind: "none" }} />;
  }
  const removed = view.events.find((k) => k.event.action === "destroy" && k.event.id === last.id)?.event;
  const image = last.attributes["image"] ?? "";
  const project = projectOf(last);
  return (
    <section
      aria-label={`Container ${last.name}, as it is remembered`}
      className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface-1"
      data-testid="remembered"
    >
      <div className="shrink-0 border-b border-line px-4 py-3">
        <h1 className="truncate text-lg font-semibold">{last.name}</h1>
        <p className="flex flex-wrap gap-x-4 text-text-2">
          <span className="font-mono text-sm/5">{last.id.slice(0, 12)}</span>
          {image !== "" && <span className="min-w-0 truncate font-mono text-sm/5">{image}</span>}
          {project !== "" && <span>project {project}</span>}
        </p>
        <p
          role="status"
          className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1 rounded border border-line-strong bg-paused-soft px-3 py-1.5"
        >
          <Trash2 size={16} aria-hidden className="shrink-0 text-paused" />
          <span>
            {removed
              ? `Removed ${formatExact(parseTime(removed.time))}`
              : `Not there any more; last heard of ${formatExact(parseTime(last.time))}`}
            {" · what follows is remembered"}
          </span>
          <Link href={CONTAINERS_PATH} className="text-accent hover:underline">
            All containers
          </Link>
        </p>
      </div>
      {moment && <MomentBar containerKey={`${last.engine}/${last.id}`} tab={tab} moment={moment} live={false} />}
      {moment && tab === "charts" ? (
        <div className="flex min-h-0 flex-1 flex-col overflow-auto">
          <Suspense fallback={<p className="qw-late p-4 text-text-2">Loading…</p>}>
            <Charts containerKey={`${last.engine}/${last.id}`} moment={moment} />
          </Suspense>
        </div>
      ) : moment && tab === "logs" ? (
        <p className="p-4 text-text-2" data-testid="log-gone">
          The container was removed, and its log with it: Docker keeps none of a container that is gone.
        </p>
      ) : (
        <PastOf engine={last.engine} id={last.id} restartPolicy="" autoRemove={null} />
      )}
    </section>
  );
}
