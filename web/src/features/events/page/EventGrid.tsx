// biome-ignore-all lint/a11y/useSemanticElements: rows of a table can't be taken out of its flow, as a window of many needs
// biome-ignore-all lint/a11y/useFocusableInteractive: rows have the grid's roving focus, cells have none of their own

import ArrowUp from "lucide-react/icons/arrow-up";
import { type MouseEvent, type RefObject, useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { Button } from "../../../components/Button";
import { densityPreference, ROW_HEIGHT } from "../../../components/density";
import { dayWord } from "../../../components/format/day";
import { HEAD_HEIGHT, OVERSCAN, useGridScroll } from "../../../components/grid/useGridScroll";
import { rowElement, useRoving } from "../../../components/grid/useRoving";
import { useKeys } from "../../../components/keys";
import { usePreference } from "../../../components/preference";
import { useLive } from "../../../store/hooks";
import type { PastLog, PastView } from "../../../store/past/pastLog";
import { EndLine } from "./EndLine";
import { Line } from "./Line";
import { msOf, type PageRow } from "./rows";
import { useAround } from "./useAround";
import type { LineWords } from "./useLineWords";
import { useOlder } from "./useOlder";

const TWO_LINES = 52;

interface EventGridProps {
  rows: readonly PageRow[];
  view: PastView;
  log: PastLog;
  opened: ReadonlySet<string>;
  onToggle: (key: string) => void;
  narrow: boolean;
  words: LineWords;
  /** The key of the event whose detail is shown. */
  shown: string | null;
  onShow: (key: string | null) => void;
  /** The moment that is looked around, Unix microseconds; null for none. */
  around: number | null;
  /** Whether the list is not at its top. */
  onAway: (away: boolean) => void;
  gridRef: RefObject<HTMLDivElement | null>;
  /** What changes the whole list: the place is not followed then. */
  arrangement: string;
}

/** The window of lines, with its keyboard and focus. */
export function EventGrid(props: EventGridProps) {
  const { rows, view, log, opened, onToggle, narrow, words, shown, onShow, around, onAway, gridRef } = props;
  const { store } = useLive();
  const [, navigate] = useLocation();
  const density = ROW_HEIGHT[usePreference(densityPreference)];
  const rowHeight = narrow ? TWO_LINES : density;
  const layer = useRef<HTMLDivElement>(null);
  const scrollTo = useRef<(index: number) => void>(() => {});
  const act = (key: string) => {
    const row = rows.find((r) => r.key === key);
    if (row?.kind === "fold") onToggle(key);
    else if (row && row.kind !== "day" && row.kind !== "end") onShow(key);
  };
  const roving = useRoving({
    grid: gridRef,
    lines: rows,
    pageRows: () => Math.max(1, Math.floor(((gridRef.current?.clientHeight ?? 0) - HEAD_HEIGHT) / rowHeight) - 1),
    scrollTo: (index) => scrollTo.current(index),
    nameOf,
    openMenu: act,
    open: act,
    select: { toggle: (row) => act(row.key), extend: () => {}, all: () => {} },
  });
  const { virtualizer, slots } = useGridScroll({
    grid: gridRef,
    layer,
    lines: rows,
    rowHeight,
    activeIndex: roving.focused ? roving.activeIndex : -1,
    activeKey: roving.focused ? roving.activeKey : null,
    arrangement: props.arrangement,
  });
  scrollTo.current = (index) => virtualizer.scrollToIndex(index, { align: "auto" });

  const away = (virtualizer.scrollOffset ?? 0) > 0;
  useEffect(() => onAway(away), [onAway, away]);
  const { startIndex = 0, endIndex = 0 } = virtualizer.range ?? {};
  const paused = useOlder(log, view, rows.length - endIndex, startIndex);
  useAround(around, rows, view.phase, (index) => virtualizer.scrollToIndex(index, { align: "center" }));
  const toTop = () => {
    onShow(null);
    gridRef.current?.scrollTo({ top: 0 });
  };
  // The detail shows what has the focus, wherever it is moved.
  const follow = (by: number) => {
    roving.step(by);
    return true;
  };
  useKeys([
    { keys: "j", what: "Next event", group: "Events", run: () => follow(1) },
    { keys: "k", what: "Event before", group: "Events", run: () => follow(-1) },
    { keys: "n", what: "Show what is new", group: "Events", run: () => (view.unseen > 0 ? void toTop() : false) },
    {
      keys: "Escape",
      what: "Close the detail",
      group: "Events",
      run: () => (shown === null ? false : void onShow(null)),
    },
  ]);
  const { activeKey, focused } = roving;
  useEffect(() => {
    if (focused && shown !== null && activeKey !== null && activeKey !== shown) onShow(activeKey);
  }, [focused, activeKey, shown, onShow]);

  const onClick = (e: MouseEvent) => {
    const target = e.target as HTMLElement;
    const link = target.closest<HTMLAnchorElement>("a[href]");
    if (link) {
      if (e.ctrlKey || e.metaKey || e.shiftKey) return;
      e.preventDefault();
      navigate(link.pathname + link.search);
      return;
    }
    const key = target.closest<HTMLElement>("[data-line]")?.dataset["line"];
    if (key === undefined || target.closest("button")) return;
    if (gridRef.current) rowElement(gridRef.current, key)?.focus({ preventScroll: true });
    act(key);
  };
  const top = rows[startIndex];
  const day = top === undefined || top.kind === "end" ? "" : dayWord(msOf(top), store.serverNow());
  return (
    <div className="relative flex min-h-0 min-w-0 flex-1 flex-col">
      {view.unseen > 0 && (
        <Button
          tone="primary"
          className="absolute start-1/2 top-10 z-3 -translate-x-1/2 rounded-full px-3"
          onClick={toTop}
          data-testid="unseen"
        >
          <ArrowUp size={14} aria-hidden />
          {view.unseen} new
        </Button>
      )}
      <div
        ref={gridRef}
        role="treegrid"
        aria-label="Events"
        aria-rowcount={view.whole ? rows.length + 1 : -1}
        className="qw-grid min-h-0 flex-1"
        data-testid="events-list"
        data-narrow={narrow || undefined}
        style={{ "--row": `${rowHeight}px`, "--min-width": "0px" }}
        onKeyDown={roving.onKeyDown}
        onFocus={roving.onFocus}
        onBlur={roving.onBlur}
        onClick={onClick}
      >
        <div role="row" className="qw-row qw-head qw-events-head flex items-center px-4" aria-rowindex={1}>
          <span role="columnheader" className="truncate" data-testid="day-in-sight">
            {day}
          </span>
        </div>
        <div className="qw-body relative" style={{ height: virtualizer.getTotalSize() }}>
          <div className="qw-window">
            <div ref={layer} role="rowgroup">
              {virtualizer.getVirtualItems().map((item) => {
                const row = rows[item.index];
                if (!row) return null;
                const inWindow = item.index >= startIndex - OVERSCAN && item.index <= endIndex + OVERSCAN;
                return (
                  <Line
                    key={inWindow ? `${item.index % slots}` : "far"}
                    row={row}
                    index={item.index}
                    top={item.start}
                    active={item.index === roving.activeIndex || (roving.activeIndex < 0 && item.index === 0)}
                    narrow={narrow}
                    open={opened.has(row.key)}
                    shown={row.key === shown}
                    around={around}
                    now={store.serverNow}
                    words={words}
                  >
                    {row.kind === "end" && <EndLine log={log} view={view} paused={paused} />}
                  </Line>
                );
              })}
            </div>
          </div>
        </div>
      </div>
    </div>
  );
}

function nameOf(row: PageRow): string {
  if (row.kind === "day") return "a day";
  if (row.kind === "end") return "the end of the list";
  return row.kind === "fold" ? (row.rows[0]?.event.name ?? "") : row.event.name;
}
