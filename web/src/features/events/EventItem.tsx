import { memo, useLayoutEffect, useRef } from "react";
import type { Event } from "../../api/types.gen";
import { EventGlyph } from "../../components/event/EventGlyph";
import { useLive } from "../../store/hooks";
import type { EventPainter } from "./eventPainter";

interface EventItemProps {
  event: Event;
  painter: EventPainter;
  /** Within a repetition that was opened. */
  nested?: boolean;
}

// What is the same in every item is the same object: React does not look at it again.
const GLYPH = <EventGlyph tone="plain" />;
const HEAD = (
  <div className="flex items-baseline justify-between gap-2">
    {/* biome-ignore-start lint/a11y/useValidAnchor: the painter gives it its address, where there is one */}
    {/* biome-ignore-start lint/a11y/useAnchorContent: and its text */}
    <a className="truncate rounded font-semibold [&[href]]:hover:underline" />
    {/* biome-ignore-end lint/a11y/useAnchorContent: and its text */}
    {/* biome-ignore-end lint/a11y/useValidAnchor: the painter gives it its address, where there is one */}
    <time className="shrink-0 text-xs text-text-3" />
  </div>
);
const WORDS = <span data-words />;

/** One event: to what, what, by whom, and when. The painter writes it. */
export const EventItem = memo(function EventItem({ event, painter, nested = false }: EventItemProps) {
  const { clientId } = useLive();
  const item = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const el = item.current;
    if (!el) return;
    painter.bind(el, event);
    return () => painter.release(el);
  }, [painter, event]);
  const by = event.by ? (event.by.client === clientId ? "you" : event.by.name) : null;
  return (
    <div
      ref={item}
      className={`flex h-full items-start gap-2 py-1.5 pe-3 ${nested ? "ps-8" : "ps-3"}`}
      data-event={event.action}
      data-kind={event.kind}
    >
      {GLYPH}
      <div className="min-w-0 flex-1">
        {HEAD}
        <div className="truncate text-sm text-text-2">
          {WORDS}
          {by !== null && <span title="Asked for in Quaywatch"> · by {by}</span>}
          {event.inferred && (
            <span
              className="ps-1.5 text-text-3"
              title="Inferred: nobody heard this happen. Quaywatch found it out by looking afterwards; the time is the engine's."
              data-inferred
            >
              · inferred
            </span>
          )}
        </div>
      </div>
    </div>
  );
});
