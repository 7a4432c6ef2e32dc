import ArrowUp from "lucide-react/icons/arrow-up";
import X from "lucide-react/icons/x";
import { type MouseEvent, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { Link, useLocation } from "wouter";
import { Button } from "../../components/Button";
import { EVENTS_PATH } from "../../components/routes";
import { useLive, useLiveEvents } from "../../store/hooks";
import { AwayItem } from "./AwayItem";
import { EmptyFeed } from "./EmptyFeed";
import { EventItem } from "./EventItem";
import { EventPainter } from "./eventPainter";
import { FeedFilters } from "./FeedFilters";
import { FoldItem } from "./FoldItem";
import { drawnRows, type FeedRow, feedRows } from "./feed";
import { feedPlace } from "./feedPlace";
import { feedPreference } from "./feedPreferences";
import { GapItem } from "./GapItem";
import { Slots } from "./slots";
import { useFeedScroll } from "./useFeedScroll";
import { useWanted } from "./useWanted";

/** What happened, newest first. It stands still while somebody reads further down. */
export function EventFeed() {
  const events = useLiveEvents();
  const [text, setText] = useState("");
  const wanted = useWanted(text);
  const [opened, toggle] = useOpened();
  const away = useSyncExternalStore(feedPlace.subscribe, feedPlace.get);
  const rows = useMemo(
    () => drawnRows(feedRows(events.rows, wanted), opened, away),
    [events.rows, wanted, opened, away],
  );
  const painter = useEventPainter();
  const [slots] = useState(() => new Slots());
  const opening = useOpening();
  const scroller = useRef<HTMLDivElement>(null);
  const { virtualizer, unseen, toTop, toRow } = useFeedScroll(scroller, rows);

  const go = useRef(toRow);
  go.current = toRow;
  useEffect(() => {
    if (away !== null) go.current("away");
  }, [away]);

  const items = virtualizer.getVirtualItems().filter((item) => rows[item.index]);
  const elements = slots.assign(items.map((item) => rows[item.index]?.key ?? ""));
  return (
    <div className="flex h-full min-h-0 flex-col bg-surface-1">
      <div className="flex h-11 shrink-0 items-center justify-between border-b border-line ps-3 pe-2">
        <h2 className="text-base font-semibold">Events</h2>
        <Link href={EVENTS_PATH} className="ms-auto me-1 rounded px-1 text-sm text-accent hover:underline">
          All events
        </Link>
        <Button tone="quiet" className="px-1" aria-label="Hide events" onClick={() => feedPreference.set("closed")}>
          <X size={16} aria-hidden />
        </Button>
      </div>
      <FeedFilters text={text} onText={setText} />
      <div className="relative min-h-0 flex-1">
        {unseen > 0 && (
          <Button
            tone="primary"
            className="absolute start-1/2 top-2 z-1 -translate-x-1/2 rounded-full px-3"
            onClick={toTop}
            data-testid="unseen"
          >
            <ArrowUp size={14} aria-hidden />
            {unseen} new
          </Button>
        )}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <div ref={scroller} className="qw-feed h-full overflow-y-auto" data-testid="feed" tabIndex={0}>
          {rows.length === 0 ? (
            <EmptyFeed loaded={events.loaded} filtered={events.rows.length > 0} />
          ) : (
            <ol
              className="relative"
              style={{ height: virtualizer.getTotalSize() }}
              {...opening}
              onPointerOver={(e) => painter.explain(e.target as Element)}
            >
              {items.map((item, i) => {
                const row = rows[item.index];
                if (!row) return null;
                return (
                  <li
                    key={elements[i]}
                    className="qw-event absolute inset-x-0 border-b border-line"
                    style={{ height: item.size, top: item.start }}
                  >
                    <Row row={row} painter={painter} open={opened.has(row.key)} onToggle={toggle} />
                  </li>
                );
              })}
            </ol>
          )}
        </div>
      </div>
    </div>
  );
}

/** Which repetitions stand open. A hook of its own: made in the feed, toggle would keep the events of the first picture. */
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

/** Writes the items; their times once a second. */
function useEventPainter(): EventPainter {
  const { store } = useLive();
  const painter = useMemo(() => new EventPainter(store.serverNow), [store]);
  useEffect(() => store.subscribe(() => painter.tick()), [store, painter]);
  return painter;
}

/**
 * Opens the container of a link that was clicked: the items have no handlers of
 * their own. What was pressed is what is opened: the item may have become another.
 */
function useOpening() {
  const [, navigate] = useLocation();
  const pressed = useRef<string | null>(null);
  const linkAt = (e: MouseEvent) => (e.target as Element).closest<HTMLAnchorElement>("[data-event] a[href]");
  return {
    onPointerDown: (e: MouseEvent) => {
      pressed.current = linkAt(e)?.href ?? null;
    },
    onClick: (e: MouseEvent) => {
      const link = linkAt(e);
      if (!link || e.defaultPrevented || e.button !== 0 || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
      e.preventDefault();
      const byKeyboard = e.detail === 0;
      if (byKeyboard || link.href === pressed.current) navigate(link.pathname);
    },
  };
}

interface RowProps {
  row: FeedRow;
  painter: EventPainter;
  open: boolean;
  onToggle: (key: string) => void;
}

function Row({ row, painter, open, onToggle }: RowProps) {
  switch (row.kind) {
    case "gap":
      return <GapItem row={row} />;
    case "fold":
      return <FoldItem row={row} open={open} onToggle={onToggle} />;
    case "away":
      return <AwayItem since={row.since} until={row.until} />;
    default:
      return <EventItem event={row.event} painter={painter} nested={row.kind === "nested"} />;
  }
}
