import "./events.css";
import { useCallback, useDeferredValue, useMemo, useRef, useState } from "react";
import { useWidth } from "../../../components/grid/useWidth";
import { useLiveContainers } from "../../../store/hooks";
import { microsOf } from "../../../store/past/identity";
import { isGap } from "../../../store/past/matching";
import { usePastLog } from "../../../store/past/usePastLog";
import { DetailPanel } from "./DetailPanel";
import { EventGrid } from "./EventGrid";
import { EventsBar } from "./EventsBar";
import { HistoryNote } from "./HistoryNote";
import { NothingFound } from "./NothingFound";
import { offeredOf } from "./offers";
import { paramsOf, tellsWhy, wantsGaps } from "./query";
import { rowsOf } from "./rows";
import { useEventQuery } from "./useEventQuery";
import { useLineWords } from "./useLineWords";

/** Below this, an event takes two lines. */
const NARROW = 720;

/** What happened, live and past in one list. */
export function EventsPage() {
  const [query, setQuery] = useEventQuery();
  const params = useMemo(() => paramsOf(query), [query]);
  const [away, setAway] = useState(false);
  const [shown, setShown] = useState<string | null>(null);
  const [opened, toggle] = useOpened();
  const { log, view, stale } = usePastLog(params, away || shown !== null);
  const rows = useMemo(() => rowsOf(view.events, opened), [view.events, opened]);
  const { entries } = useLiveContainers();
  const newest = useDeferredValue(view.events);
  const offered = useMemo(() => offeredOf(newest, entries), [newest, entries]);
  const frame = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const words = useLineWords(view.events, tellsWhy(query));
  const detail = useMemo(() => {
    const row = rows.find((r) => r.key === shown);
    return row !== undefined && row.kind !== "day" && row.kind !== "end" && row.kind !== "fold" ? row : null;
  }, [rows, shown]);
  const gapsOnly = useMemo(() => view.events.every((k) => isGap(k.event)), [view.events]);
  const nothing = view.events.length === 0 || (gapsOnly && view.whole && !wantsGaps(query));
  const close = () => {
    const row = document.activeElement?.closest('[data-testid="event-detail"]') ? shown : null;
    setShown(null);
    if (row !== null) grid.current?.querySelector<HTMLElement>('[data-line][tabindex="0"]')?.focus();
  };
  return (
    <section aria-label="Events" className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface-1">
      <h1 className="sr-only" tabIndex={-1}>
        Events
      </h1>
      <EventsBar
        query={query}
        onQuery={setQuery}
        params={params}
        offered={offered}
        onLeave={() => grid.current?.querySelector<HTMLElement>('[data-line][tabindex="0"]')?.focus()}
      />
      <HistoryNote />
      <div className="flex min-h-0 flex-1 max-lg:flex-col">
        <div
          ref={frame}
          className={`relative flex min-h-0 min-w-0 flex-1 flex-col ${stale ? "opacity-60" : ""}`}
          aria-busy={stale || view.phase === "first"}
        >
          {nothing ? (
            <NothingFound query={query} onQuery={setQuery} log={log} view={view} />
          ) : (
            <EventGrid
              gridRef={grid}
              rows={rows}
              view={view}
              log={log}
              opened={opened}
              onToggle={toggle}
              narrow={width < NARROW}
              words={words}
              shown={shown}
              onShow={setShown}
              around={query.around === "" ? null : microsOf(query.around)}
              onAway={setAway}
              arrangement={params}
            />
          )}
        </div>
        {detail && <DetailPanel event={detail.event} {...words(detail)} onClose={close} />}
      </div>
    </section>
  );
}

/** Which repetitions stand open. */
function useOpened() {
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback((key: string) => {
    setOpened((old) => {
      const next = new Set(old);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  }, []);
  return [opened, toggle] as const;
}
