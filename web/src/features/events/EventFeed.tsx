import ArrowUp from "lucide-react/icons/arrow-up";
import X from "lucide-react/icons/x";
import { useMemo, useRef } from "react";
import { Button } from "../../components/Button";
import { useChoices } from "../../components/choices";
import { useLiveEvents } from "../../store/hooks";
import { EventItem } from "./EventItem";
import { feedRows } from "./feed";
import { feedPreference, kindChoices } from "./feedPreferences";
import { GapItem } from "./GapItem";
import { KindChips } from "./KindChips";
import { useFeedScroll } from "./useFeedScroll";

/** What happened, newest first. It stands still while somebody reads further down. */
export function EventFeed() {
  const events = useLiveEvents();
  const wanted = useChoices(kindChoices);
  const rows = useMemo(() => feedRows(events.rows, wanted), [events.rows, wanted]);
  const scroller = useRef<HTMLDivElement>(null);
  const { virtualizer, unseen, toTop } = useFeedScroll(scroller, rows);

  return (
    <section aria-label="Events" className="flex h-full min-h-0 flex-col bg-surface-1">
      <div className="flex h-11 shrink-0 items-center justify-between border-b border-line ps-3 pe-2">
        <h2 className="text-base font-semibold">Events</h2>
        <Button tone="quiet" className="px-1" aria-label="Hide events" onClick={() => feedPreference.set("closed")}>
          <X size={16} aria-hidden />
        </Button>
      </div>
      <KindChips />
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
        <div ref={scroller} className="qw-feed h-full overflow-y-auto" data-testid="feed">
          {rows.length === 0 ? (
            <p className="px-3 py-6 text-center text-sm text-text-2">
              {!events.loaded ? "Waiting for events…" : emptyText(events.rows.length > 0)}
            </p>
          ) : (
            <ol className="relative" style={{ height: virtualizer.getTotalSize() }}>
              {virtualizer.getVirtualItems().map((item) => {
                const row = rows[item.index];
                if (!row) return null;
                return (
                  <li
                    key={row.key}
                    className="absolute inset-x-0 top-0 border-b border-line"
                    style={{ height: item.size, transform: `translateY(${item.start}px)` }}
                  >
                    {row.kind === "gap" ? <GapItem row={row} /> : <EventItem event={row.event} />}
                  </li>
                );
              })}
            </ol>
          )}
        </div>
      </div>
    </section>
  );
}

function emptyText(filtered: boolean): string {
  return filtered
    ? "No events of these kinds."
    : "Nothing has happened yet. Start or stop a container, and it shows here.";
}
