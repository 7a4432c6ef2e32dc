import ArrowUp from "lucide-react/icons/arrow-up";
import X from "lucide-react/icons/x";
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { Button } from "../../components/Button";
import { useLiveEvents } from "../../store/hooks";
import { AwayItem } from "./AwayItem";
import { EmptyFeed } from "./EmptyFeed";
import { EventItem } from "./EventItem";
import { FeedFilters } from "./FeedFilters";
import { FoldItem } from "./FoldItem";
import { drawnRows, type FeedRow, feedRows } from "./feed";
import { feedPlace } from "./feedPlace";
import { feedPreference } from "./feedPreferences";
import { GapItem } from "./GapItem";
import { useFeedScroll } from "./useFeedScroll";
import { useWanted } from "./useWanted";

/** What happened, newest first. It stands still while somebody reads further down. */
export function EventFeed() {
  const events = useLiveEvents();
  const [text, setText] = useState("");
  const wanted = useWanted(text);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const away = useSyncExternalStore(feedPlace.subscribe, feedPlace.get);
  const rows = useMemo(
    () => drawnRows(feedRows(events.rows, wanted), opened, away),
    [events.rows, wanted, opened, away],
  );
  const scroller = useRef<HTMLDivElement>(null);
  const { virtualizer, unseen, toTop, toRow } = useFeedScroll(scroller, rows);

  const go = useRef(toRow);
  go.current = toRow;
  useEffect(() => {
    if (away !== null) go.current("away");
  }, [away]);

  const toggle = useCallback((key: string) => {
    setOpened((old) => {
      const next = new Set(old);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  }, []);

  return (
    <div className="flex h-full min-h-0 flex-col bg-surface-1">
      <div className="flex h-11 shrink-0 items-center justify-between border-b border-line ps-3 pe-2">
        <h2 className="text-base font-semibold">Events</h2>
        <Button tone="quiet" className="px-1" aria-label="Hide events" onClick={() => feedPreference.set("closed")}>
          <X size={16} aria-hidden />
        </Button>
      </div>
      <FeedFilters events={events.rows} text={text} onText={setText} />
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
            <ol className="relative" style={{ height: virtualizer.getTotalSize() }}>
              {virtualizer.getVirtualItems().map((item) => {
                const row = rows[item.index];
                if (!row) return null;
                return (
                  <li
                    key={row.key}
                    className="absolute inset-x-0 border-b border-line"
                    style={{ height: item.size, top: item.start }}
                  >
                    <Row row={row} open={opened.has(row.key)} onToggle={toggle} />
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

interface RowProps {
  row: FeedRow;
  open: boolean;
  onToggle: (key: string) => void;
}

function Row({ row, open, onToggle }: RowProps) {
  switch (row.kind) {
    case "gap":
      return <GapItem row={row} />;
    case "fold":
      return <FoldItem row={row} open={open} onToggle={onToggle} />;
    case "away":
      return <AwayItem since={row.since} until={row.until} />;
    default:
      return <EventItem event={row.event} nested={row.kind === "nested"} />;
  }
}
