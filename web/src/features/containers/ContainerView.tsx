import {
  type RefObject,
  useCallback,
  useDeferredValue,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { useChoices } from "../../components/choices";
import { densityPreference, ROW_HEIGHT } from "../../components/density";
import { parseFilter } from "../../components/filter/parse";
import { replaceWord } from "../../components/filter/tokens";
import { Selection } from "../../components/grid/selection";
import { useWidth } from "../../components/grid/useWidth";
import { usePreference } from "../../components/preference";
import { useFilterQuery } from "../../components/useFilterQuery";
import { useEngines, useLive, useLiveContainers, useMetrics } from "../../store/hooks";
import { useLastKnown } from "../../store/useLastKnown";
import { noEngine } from "../connection/noEngine";
import { BulkBar } from "./BulkBar";
import { ContainerGrid } from "./ContainerGrid";
import { useColumnShape } from "./columnStore";
import { layout as layoutOf } from "./columns";
import { EmptyTable } from "./EmptyTable";
import { FilterProblems } from "./FilterProblems";
import { liveMetric } from "./model/order";
import { NoEngine } from "./NoEngine";
import { NoMatch } from "./NoMatch";
import { TableBar } from "./TableBar";
import { TableSkeleton } from "./TableSkeleton";
import { useLines } from "./useLines";
import { usePainter } from "./usePainter";
import { CPU_TITLES, useCpuView, useEngineNames, useSight } from "./useSight";
import { useSortModel } from "./useSortModel";
import { useRestRows } from "./useVisibleRows";
import { columnChoices, columnsPreference, groupPreference } from "./viewPreferences";

/** As long as the still mark that stands for the flash where motion is not wanted. */
const FLASH_MS = 3000;
/** Below this the bar of the selection has room for icons only. */
const NARROW_BAR = 860;

/** The container table with its bars. */
export function ContainerView() {
  const containers = useLiveContainers();
  const metrics = useMetrics();
  const engines = useEngines();
  const [query, setQuery] = useFilterQuery();
  const grouped = usePreference(groupPreference) === "project";
  const wanted = useChoices(columnChoices);
  const shape = useColumnShape();
  const fit = usePreference(columnsPreference) === "fit";
  const rowHeight = ROW_HEIGHT[usePreference(densityPreference)];
  const [selection] = useState(() => new Selection());
  const [collapsed, toggleGroup] = useCollapsed();
  const [held, setHeld] = useState(false);
  const grid = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const problemsId = useId();
  const width = useWidth(frame);
  const lastKnown = useLastKnown();
  const engineNames = useEngineNames();
  const cpu = useCpuView();
  const sight = useSight(cpu, engineNames);
  const painter = usePainter(cpu);
  // What is typed is painted first, and filtered by right after.
  const filtered = useDeferredValue(query);
  const filter = useMemo(() => parseFilter(filtered), [filtered]);
  const selecting = useSyncExternalStore(selection.subscribe, () => selection.size() > 0);

  const layout = useMemo(
    () => layoutOf({ width, grouped, engines: engines.length, wanted, fit, selecting, ...shape }),
    [width, grouped, engines.length, wanted, fit, selecting, shape],
  );
  const model = useSortModel();
  const { sort } = model;
  const cpuScale = cpu.base === "core" ? undefined : cpu.scale;
  const lines = useLines({
    containers,
    metrics,
    query: filtered,
    filter,
    sight,
    cpuScale,
    sort,
    grouped,
    collapsed,
    held,
  });
  const isRecent = useRecent();

  useRestRows(filter.live.length > 0);
  useEffect(() => {
    if (containers.loaded) selection.keep((key) => containers.get(key) !== undefined);
  }, [selection, containers]);

  const toGrid = useToGrid(grid);
  const { shown, total } = lines.view;
  const nothing = noEngine(containers, engines);
  return (
    <section aria-label="Containers" className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface-1">
      <TableBar
        containers={containers}
        query={query}
        problemsId={problemsId}
        problems={filter.problems.length}
        sight={sight}
        count={containers.loaded && !nothing ? lines.view : null}
        liveOrder={liveMetric(sort.id) !== undefined || filter.live.length > 0}
        held={held}
        onFilter={setQuery}
        onLeave={toGrid}
      />
      <FilterProblems
        id={problemsId}
        problems={filter.problems}
        onFix={(word, fix) => setQuery(replaceWord(query, word, fix))}
      />
      <div ref={frame} className="relative flex min-h-0 flex-1 flex-col">
        {!containers.loaded ? (
          <TableSkeleton />
        ) : nothing ? (
          <NoEngine engines={engines} />
        ) : total === 0 ? (
          <EmptyTable engine={engines[0]?.name ?? ""} />
        ) : shown === 0 ? (
          <NoMatch query={filtered} total={total} onClear={() => setQuery("")} />
        ) : (
          <ContainerGrid
            gridRef={grid}
            containers={containers}
            metrics={metrics}
            painter={painter}
            isRecent={isRecent}
            live={lines}
            model={model}
            layout={layout}
            shape={shape}
            cpuTitle={CPU_TITLES[cpu.base]}
            rowHeight={rowHeight}
            selection={selection}
            engineNames={engineNames}
            lastKnown={lastKnown}
            onToggleGroup={toggleGroup}
            onHeld={setHeld}
          />
        )}
      </div>
      <BulkBar containers={containers} selection={selection} narrow={width < NARROW_BAR} />
    </section>
  );
}

// What lives longer than a picture is made in hooks of its own: made in the view,
// it would keep the containers there were when the view was drawn first.

/** Which groups are folded. */
function useCollapsed() {
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback((key: string, fold: boolean) => {
    setCollapsed((old) => {
      const next = new Set(old);
      if (fold) next.add(key);
      else next.delete(key);
      return next;
    });
  }, []);
  return [collapsed, toggle] as const;
}

function useRecent() {
  const { clock } = useLive();
  return useCallback((at: number) => at > 0 && clock.now() - at < FLASH_MS, [clock]);
}

/** Moves the focus to the line it was on last. */
function useToGrid(grid: RefObject<HTMLDivElement | null>) {
  return useCallback(() => {
    grid.current?.querySelector<HTMLElement>('[data-line][tabindex="0"]')?.focus();
  }, [grid]);
}
