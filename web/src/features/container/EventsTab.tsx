import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";
import { useLive, useLiveEvents } from "../../store/hooks";
import type { ContainerEntry } from "../../store/state";
import { EventLine } from "./EventLine";
import { at } from "./model/document";
import { logOf } from "./model/log";
import { useInspection } from "./useInspection";

/** What happened to a container, newest first, and why. */
export function EventsTab({ entry }: { entry: ContainerEntry }) {
  const { clientId } = useLive();
  const { rows, loaded } = useLiveEvents();
  const { doc } = useInspection(entry.key);
  const { engine, id, restartPolicy } = entry.container;
  const [aside, setAside] = useState(false);
  const removes = at(doc, "HostConfig", "AutoRemove");
  const autoRemove = typeof removes === "boolean" ? removes : null;
  const lines = useMemo(
    () => logOf(rows, engine, id, { clientId, restartPolicy, autoRemove }, aside),
    [rows, engine, id, clientId, restartPolicy, autoRemove, aside],
  );
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 45,
    getItemKey: (i) => lines[i]?.row.key ?? i,
    overscan: 12,
  });
  return (
    <div className="flex min-h-0 flex-1 flex-col" data-testid="container-events">
      <div className="flex shrink-0 flex-wrap items-center gap-x-4 border-b border-line px-4 py-2 text-sm text-text-2">
        <span>
          {lines.length} {lines.length === 1 ? "line" : "lines"} since Quaywatch has been listening
        </span>
        <label className="ms-auto flex items-center gap-1.5">
          <input type="checkbox" checked={aside} onChange={(e) => setAside(e.target.checked)} />
          Commands run inside, attaching, copying
        </label>
      </div>
      <section
        ref={scroller}
        className="min-h-0 flex-1 overflow-y-auto"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        tabIndex={0}
        aria-label="Events of this container"
      >
        {lines.length === 0 ? (
          <p className="p-4 text-text-2">
            {loaded ? "Nothing has happened to it since Quaywatch has been listening." : "Waiting for events…"}
          </p>
        ) : (
          <ol className="relative" style={{ height: virtualizer.getTotalSize() }}>
            {virtualizer.getVirtualItems().map((item) => {
              const line = lines[item.index];
              return (
                line && (
                  <li
                    key={item.key}
                    ref={virtualizer.measureElement}
                    data-index={item.index}
                    className="absolute inset-x-0 top-0 border-b border-line"
                    style={{ transform: `translateY(${item.start}px)` }}
                  >
                    <EventLine line={line} />
                  </li>
                )
              );
            })}
          </ol>
        )}
      </section>
    </div>
  );
}
