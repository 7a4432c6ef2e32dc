import { Button } from "../../../components/Button";
import { useEngines } from "../../../store/hooks";
import type { PastLog, PastView } from "../../../store/past/pastLog";
import { EVERYTHING, type EventQuery, narrowings } from "./query";
import { rangeWord } from "./range";
import type { SetQuery } from "./useEventQuery";

interface NothingFoundProps {
  query: EventQuery;
  onQuery: SetQuery;
  log: PastLog;
  view: PastView;
}

/** There is nothing to list: not yet, not to be had, or nothing fits. */
export function NothingFound({ query, onQuery, log, view }: NothingFoundProps) {
  const engines = useEngines();
  if (view.phase === "failed") {
    return (
      <Centre title="The events could not be read">
        <p role="alert" className="text-text-2 wrap-anywhere">
          {view.problem?.message}
        </p>
        <Button tone="primary" onClick={() => log.retry()}>
          Try again
        </Button>
      </Centre>
    );
  }
  if (view.phase !== "ready" || !view.whole) return <Skeleton />;
  const relax = narrowings(query, rangeWord(query));
  if (relax.length === 0) {
    const deaf = engines.every((e) => e.state !== "connected");
    return (
      <Centre title="No events yet">
        <p className="text-text-2">
          {deaf
            ? "Events show here once an engine answers."
            : "Nothing has happened yet. Start or stop a container, and it shows here."}
        </p>
      </Centre>
    );
  }
  return (
    <Centre title="Nothing matches">
      <p className="text-text-2">
        {relax.length === 1
          ? "No event in all of history fits this."
          : "No event in all of history fits all of this. Without one of them, there may be some:"}
      </p>
      {view.events.length > 0 && (
        <p className="text-text-2">
          {view.events.length === 1 ? "At one place" : `At ${view.events.length} places`} events may be missing.
        </p>
      )}
      <div className="flex max-w-full flex-wrap justify-center gap-2">
        {relax.map((r) => (
          <Button key={r.key} className="max-w-full" onClick={() => onQuery(r.without)}>
            <span className="truncate">Without {r.word}</span>
          </Button>
        ))}
      </div>
      {relax.length > 1 && (
        <Button tone="primary" onClick={() => onQuery(EVERYTHING, true)}>
          Show everything
        </Button>
      )}
    </Centre>
  );
}

function Centre({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div
      className="m-auto flex max-w-md min-w-0 flex-col items-center gap-3 px-6 py-12 text-center"
      data-testid="nothing"
    >
      <h2 className="text-lg font-semibold">{title}</h2>
      {children}
    </div>
  );
}

const WIDTHS = ["w-40", "w-52", "w-36", "w-48", "w-44", "w-32"];

/** The shape of what is about to come. */
function Skeleton() {
  return (
    <div role="status" aria-label="Loading events" className="qw-late h-full overflow-hidden">
      <div className="h-8 border-b border-line-strong" />
      {WIDTHS.map((width) => (
        <div key={width} className="flex h-[34px] items-center gap-8 border-b border-line px-4">
          <div className="qw-skeleton h-3 w-12" />
          <div className={`qw-skeleton h-3 ${width}`} />
          <div className="qw-skeleton h-3 w-40 max-sm:hidden" />
        </div>
      ))}
    </div>
  );
}
