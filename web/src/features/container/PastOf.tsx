import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { Link } from "wouter";
import { EVENTS_PATH } from "../../components/routes";
import { useLive } from "../../store/hooks";
import { usePastLog } from "../../store/past/usePastLog";
import { EventLine } from "./EventLine";
import { logOf } from "./model/log";
import { pastRows } from "./model/pastRows";
import { PastEnd } from "./PastEnd";

interface PastOfProps {
  engine: string;
  id: string;
  restartPolicy: string;
  autoRemove: boolean | null;
}

/** Nearer to the end than so many lines, the next page is read. */
const AHEAD = 30;

/** The events of one container, live and past. */
export function PastOf({ engine, id, restartPolicy, autoRemove }: PastOfProps) {
  const { clientId } = useLive();
  const [aside, setAside] = useState(false);
  const params = useMemo(() => {
    const p = new URLSearchParams({ container: id.slice(0, 12), gaps: "true" });
    if (!aside) p.set("notAction", "exec_create,exec_start,exec_die,exec_detach");
    return p.toString();
  }, [id, aside]);
  const { log, view } = usePastLog(params, false);
  const lines = useMemo(
    () => logOf(pastRows(view.events), engine, id, { clientId, restartPolicy, autoRemove }, aside),
    [view.events, engine, id, clientId, restartPolicy, autoRemove, aside],
  );
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 45,
    getItemKey: (i) => lines[i]?.row.key ?? i,
    overscan: 12,
  });
  const items = virtualizer.getVirtualItems();
  const near = (items.at(-1)?.index ?? 0) > lines.length - AHEAD;
  useEffect(() => {
    if (near && view.phase === "ready" && !view.whole) log.older();
  }, [near, log, view]);
  return (
    <div className="flex min-h-0 flex-1 flex-col" data-testid="container-events">
      <div className="flex shrink-0 flex-wrap items-center gap-x-4 border-b border-line px-4 py-2 text-sm text-text-2">
        <PastEnd log={log} view={view} lines={lines.length} />
        <Link href={`${EVENTS_PATH}?container=${id.slice(0, 12)}`} className="text-accent hover:underline">
          On the page of all events
        </Link>
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
            {view.phase === "first" ? "Waiting for events…" : "Nothing is known to have happened to it."}
          </p>
        ) : (
          <ol className="relative" style={{ height: virtualizer.getTotalSize() }}>
            {items.map((item) => {
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
                    <EventLine line={line} containerKey={`${engine}/${id}`} />
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
