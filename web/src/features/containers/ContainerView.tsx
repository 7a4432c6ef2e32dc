import Layers from "lucide-react/icons/layers";
import { useCallback, useMemo, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { useChoices } from "../../components/choices";
import { usePreference } from "../../components/preference";
import { useEngines, useLive, useLiveContainers, useMetrics } from "../../store/hooks";
import { knownUntil } from "../../store/knownUntil";
import { useLastKnown } from "../../store/useLastKnown";
import { noEngine } from "../connection/noEngine";
import { ContainerGrid } from "./ContainerGrid";
import { Counts } from "./Counts";
import { layout as layoutOf } from "./columns";
import { EmptyTable } from "./EmptyTable";
import { FilterInput } from "./FilterInput";
import { liveMetric } from "./model/order";
import { shownText } from "./model/shownText";
import { NoEngine } from "./NoEngine";
import { NoMatch } from "./NoMatch";
import { TableSkeleton } from "./TableSkeleton";
import { useFilterQuery } from "./useFilterQuery";
import { useLines } from "./useLines";
import { useSortModel } from "./useSortModel";
import { useWidth } from "./useWidth";
import { columnChoices, columnsPreference, densityPreference, groupPreference, ROW_HEIGHT } from "./viewPreferences";

/** As long as the still mark that stands for the flash where motion is not wanted. */
const FLASH_MS = 3000;

/** The container table with its bar. */
export function ContainerView() {
  const live = useLive();
  const containers = useLiveContainers();
  const metrics = useMetrics();
  const engines = useEngines();
  const [query, setQuery] = useFilterQuery();
  const grouped = usePreference(groupPreference) === "project";
  const wanted = useChoices(columnChoices);
  const fit = usePreference(columnsPreference) === "fit";
  const rowHeight = ROW_HEIGHT[usePreference(densityPreference)];
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const [held, setHeld] = useState(false);
  const grid = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const lastKnown = useLastKnown();

  const layout = useMemo(
    () => layoutOf({ width, grouped, engines: engines.length, wanted, fit }),
    [width, grouped, engines.length, wanted, fit],
  );
  const model = useSortModel(layout);
  const lines = useLines({ containers, metrics, query, sort: model.sort, grouped, collapsed, held });
  const engineNames = useMemo(() => new Map(engines.map((e) => [e.id, e.name])), [engines]);

  const clock = useMemo(
    () => ({
      tickMs: () => (live.store.view().server?.sampleSeconds || 1) * 1000,
      serverNow: live.store.serverNow,
      knownUntil: (engine: string) => knownUntil(live, engine),
    }),
    [live],
  );
  const isRecent = useCallback((at: number) => at > 0 && live.clock.now() - at < FLASH_MS, [live]);

  const toggleGroup = useCallback((key: string, fold: boolean) => {
    setCollapsed((old) => {
      const next = new Set(old);
      if (fold) next.add(key);
      else next.delete(key);
      return next;
    });
  }, []);

  const { shown, total } = lines.view;
  // Its room is kept while the order may be paused: the bar must not move either.
  const liveOrder = liveMetric(model.sort.id) !== undefined;
  return (
    <section aria-label="Containers" className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface-1">
      <div className="flex h-11 shrink-0 items-center gap-3 border-b border-line px-3">
        <FilterInput query={query} onChange={setQuery} onLeave={() => focusGrid(grid.current)} />
        <Counts containers={containers} query={query} onFilter={setQuery} />
        <span className="ms-auto flex shrink-0 items-center gap-3 text-sm text-text-2">
          {liveOrder && (
            <span
              data-testid="order-paused"
              className={`max-sm:hidden ${held ? "" : "invisible"}`}
              title="Rows hold still while the pointer or the focus is in the table"
            >
              Order paused
            </span>
          )}
          <span className="max-sm:hidden" data-testid="shown">
            {shownText(shown, total)}
          </span>
        </span>
        <Button
          tone="quiet"
          aria-pressed={grouped}
          className={grouped ? "bg-accent-soft text-text-1" : ""}
          title="Group by Compose project"
          onClick={() => groupPreference.set(grouped ? "flat" : "project")}
        >
          <Layers size={14} aria-hidden />
          <span className="max-sm:sr-only">Group</span>
        </Button>
      </div>
      <div ref={frame} className="relative flex min-h-0 flex-1 flex-col">
        {!containers.loaded ? (
          <TableSkeleton />
        ) : noEngine(containers, engines) ? (
          <NoEngine engines={engines} />
        ) : total === 0 ? (
          <EmptyTable engine={engines[0]?.name ?? ""} />
        ) : shown === 0 ? (
          <NoMatch query={query} total={total} onClear={() => setQuery("")} />
        ) : (
          <ContainerGrid
            gridRef={grid}
            containers={containers}
            metrics={metrics}
            clock={clock}
            isRecent={isRecent}
            live={lines}
            model={model}
            layout={layout}
            rowHeight={rowHeight}
            engineNames={engineNames}
            lastKnown={lastKnown}
            onToggleGroup={toggleGroup}
            onHeld={setHeld}
          />
        )}
      </div>
    </section>
  );
}

function focusGrid(grid: HTMLElement | null): void {
  grid?.querySelector<HTMLElement>('[data-line][tabindex="0"]')?.focus();
}
