import { useEffect, useMemo, useRef, useState } from "react";
import type { Container } from "../../api/types.gen";
import type { Filter } from "../../components/filter/filter";
import type { Sight } from "../../components/filter/sight";
import type { ContainerTable } from "../../store/containerTable";
import type { MetricsReader } from "../../store/liveStore";
import { Lines, type View } from "./model/lines";
import { liveMetric, type Sort } from "./model/order";
import { mayResort } from "./model/resort";

export interface LinesOptions {
  containers: ContainerTable;
  metrics: MetricsReader;
  /** As it was typed, and as it was read. */
  query: string;
  filter: Filter;
  sight: Sight;
  cpuScale: ((c: Container) => number) | undefined;
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

/** The lines of the table, sorted and filtered by live metrics at the pace of model/resort.ts. */
export function useLines(o: LinesOptions): LiveLines {
  const [lines] = useState(() => new Lines());
  const seen = useRef(0);
  const { containers, metrics, filter, sight, cpuScale, sort, grouped, collapsed } = o;
  const live = liveMetric(sort.id) !== undefined || filter.live.length > 0;

  const round = useRound(metrics, live, o.held);

  const view = useMemo(() => {
    const resort = seen.current !== round;
    seen.current = round;
    return lines.update(containers, metrics, { filter, sight, cpuScale, sort, grouped, collapsed, resort });
  }, [lines, containers, metrics, filter, sight, cpuScale, sort, grouped, collapsed, round]);

  return { view, arrangement: `${o.query}\n${sort.id}\n${sort.desc}\n${grouped}\n${round}` };
}

/**
 * Counts the times at which the lines are put in order by the live metrics anew.
 * A hook of its own: what listens lives on, and would keep the containers there
 * were when it began.
 */
function useRound(metrics: MetricsReader, live: boolean, holding: boolean): number {
  const [round, setRound] = useState(0);
  const last = useRef(0);
  const held = useRef(holding);
  held.current = holding;
  useEffect(() => {
    last.current = performance.now();
    if (!live) return;
    return metrics.subscribe(() => {
      const now = performance.now();
      if (!mayResort({ live, held: held.current, lastMs: last.current }, now)) return;
      last.current = now;
      setRound((n) => n + 1);
    });
  }, [metrics, live]);
  return round;
}
