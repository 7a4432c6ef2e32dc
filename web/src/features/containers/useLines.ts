import { useEffect, useMemo, useRef, useState } from "react";
import type { ContainerTable, MetricsReader } from "../../store/liveStore";
import { parseFilter } from "./model/filter";
import { Lines, type View } from "./model/lines";
import { liveMetric, type Sort } from "./model/order";
import { mayResort } from "./model/resort";

export interface LinesOptions {
  containers: ContainerTable;
  metrics: MetricsReader;
  query: string;
  sort: Sort;
  grouped: boolean;
  collapsed: ReadonlySet<string>;
  /** Pointer, focus or an open menu is in the table. */
  held: boolean;
}

export interface LiveLines {
  view: View;
  /** Changes with everything that may move rows at will; otherwise they stay where they are looked at. */
  arrangement: string;
}

/** The lines of the table, re-sorted by a live metric at the pace of model/resort.ts. */
export function useLines(o: LinesOptions): LiveLines {
  const [lines] = useState(() => new Lines());
  const [round, setRound] = useState(0);
  const seen = useRef(0);
  const lastResort = useRef(0);
  const held = useRef(o.held);
  held.current = o.held;
  const { containers, metrics, sort, grouped, collapsed } = o;
  const filter = useMemo(() => parseFilter(o.query), [o.query]);
  const live = liveMetric(sort.id) !== undefined;

  useEffect(() => {
    lastResort.current = performance.now();
    if (!live) return;
    return metrics.subscribe(() => {
      const now = performance.now();
      if (!mayResort({ live, held: held.current, lastMs: lastResort.current }, now)) return;
      lastResort.current = now;
      setRound((n) => n + 1);
    });
  }, [metrics, live]);

  const view = useMemo(() => {
    const resort = seen.current !== round;
    seen.current = round;
    return lines.update(containers, metrics, { filter, sort, grouped, collapsed, resort });
  }, [lines, containers, metrics, filter, sort, grouped, collapsed, round]);

  return { view, arrangement: `${o.query}\n${sort.id}\n${sort.desc}\n${grouped}\n${round}` };
}
