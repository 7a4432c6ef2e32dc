import { type ReactNode, useDeferredValue, useEffect, useId, useMemo, useRef } from "react";
import { Button } from "../../../components/Button";
import { densityPreference, ROW_HEIGHT } from "../../../components/density";
import { useSelection } from "../../../components/grid/selection";
import { useWidth } from "../../../components/grid/useWidth";
import { usePreference } from "../../../components/preference";
import { useFilterQuery } from "../../../components/useFilterQuery";
import { useEngines, useLive } from "../../../store/hooks";
import { useLastKnown } from "../../../store/useLastKnown";
import { countText, type Kind, type Row } from "../model/kind";
import { layoutOf } from "../model/layout";
import { sorted } from "../model/order";
import { parseQuery, wordsOf } from "../model/query";
import { useOrder } from "../useOrder";
import type { Rows } from "../useRows";
import { FlagChips } from "./FlagChips";
import { ListSkeleton } from "./ListSkeleton";
import { memoryOf } from "./listMemory";
import { ResourceFilter } from "./ResourceFilter";
import { ResourceGrid } from "./ResourceGrid";

interface ResourceListProps<R extends Row> {
  kind: Kind<R>;
  of: Rows<R>;
  /** At the end of the bar: what can be made, and how old sizes are. */
  actions?: ReactNode;
  /** What is said where there is none at all. */
  empty: ReactNode;
  menu: (row: R) => ReactNode;
  /** What can be done to what is selected. */
  bulk?: (rows: readonly R[]) => ReactNode;
  onRemove?: ((keys: readonly string[]) => void) | undefined;
}

/** A list of images, volumes or networks with its filter and its bars. */
export function ResourceList<R extends Row>({ kind, of, actions, empty, menu, bulk, onRemove }: ResourceListProps<R>) {
  const memory = memoryOf(useLive(), kind.id);
  const [query, setQuery] = useFilterQuery(memory.filter);
  const { selection } = memory;
  const selected = useSelection(selection);
  const rowHeight = ROW_HEIGHT[usePreference(densityPreference)];
  const grid = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const problemsId = useId();
  const lastKnown = useLastKnown();
  const manyEngines = useEngines().length > 1;
  const model = useOrder(kind);
  // What is typed is painted first, and filtered by right after.
  const filtered = useDeferredValue(query);
  const filter = useMemo(() => parseQuery(kind, filtered), [kind, filtered]);
  const shown = useMemo(() => of.rows.filter(filter.passes), [of.rows, filter]);
  const lines = useMemo(() => sorted(shown, kind.columns, model.order), [shown, kind, model.order]);
  const layout = useMemo(() => layoutOf(kind.columns, width, manyEngines), [kind, width, manyEngines]);
  useEffect(() => {
    if (!of.loaded) return;
    const there = new Set(of.rows.map((r) => r.key));
    selection.keep((key) => there.has(key));
  }, [selection, of]);
  useEffect(() => {
    memory.filter = query;
  }, [memory, query]);
  const total = of.rows.length;
  return (
    <section aria-label={kind.title} className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface-1">
      <h1 className="sr-only" tabIndex={-1}>
        {kind.title}
      </h1>
      <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-1">
        <ResourceFilter
          what={kind.many}
          query={query}
          words={wordsOf(kind)}
          problemsId={filter.unknown.length > 0 ? problemsId : undefined}
          onChange={setQuery}
          onLeave={() => grid.current?.querySelector<HTMLElement>('[data-line][tabindex="0"]')?.focus()}
        />
        <FlagChips kind={kind} rows={of.rows} query={query} onFilter={setQuery} />
        <span className="ms-auto flex min-w-0 items-center gap-2">
          <span className="text-sm whitespace-nowrap text-text-2 max-sm:hidden" data-testid="shown">
            {of.loaded && (lines.length === total ? countText(kind, total) : `${lines.length} of ${total}`)}
          </span>
          {actions}
        </span>
      </div>
      {filter.unknown.length > 0 && (
        <p id={problemsId} className="border-b border-line bg-paused-soft px-3 py-1 text-sm" role="status">
          {filter.unknown.join(" ")} means nothing here. Words are {wordsOf(kind).join(", ")}.
        </p>
      )}
      <div ref={frame} className="relative flex min-h-0 flex-1 flex-col">
        {!of.loaded ? (
          <ListSkeleton what={kind.many} />
        ) : total === 0 ? (
          empty
        ) : lines.length === 0 ? (
          <NoMatch text={`No ${kind.one} of ${total} matches`} query={filtered} onClear={() => setQuery("")} />
        ) : (
          <ResourceGrid
            gridRef={grid}
            kind={kind}
            lines={lines}
            model={model}
            layout={layout}
            rowHeight={rowHeight}
            memory={memory}
            lastKnown={lastKnown}
            arrangement={`${model.order.id} ${model.order.desc} ${filtered}`}
            menu={menu}
            onRemove={onRemove}
          />
        )}
      </div>
      {bulk && selected.size > 0 && (
        <section
          aria-label="Selection"
          data-testid="bulk-bar"
          className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-t border-line-strong bg-accent-soft px-3 py-1"
        >
          <span className="shrink-0 text-sm font-semibold" role="status">
            {selected.size} selected
          </span>
          {bulk(of.rows.filter((r) => selected.has(r.key)))}
          <Button tone="quiet" title="Esc" onClick={() => selection.clear()}>
            Clear selection
          </Button>
        </section>
      )}
    </section>
  );
}

function NoMatch({ text, query, onClear }: { text: string; query: string; onClear: () => void }) {
  return (
    <div className="m-auto flex max-w-md flex-col items-center gap-3 px-6 py-12 text-center">
      <h2 className="text-lg font-semibold">No match</h2>
      <p className="max-w-full text-text-2 wrap-anywhere">
        {text} <code className="font-mono">{query}</code>
      </p>
      <Button tone="primary" onClick={onClear}>
        Clear filter
      </Button>
    </div>
  );
}
