import { useLayoutEffect, useMemo, useRef } from "react";
import type { Container } from "../../../api/types.gen";
import { isAlive } from "../../../components/container/stateView";
import { DASH, formatBytes, formatCentipercent, quantityText } from "../../../components/format/quantity";
import { useMetrics, useWatchRows } from "../../../store/hooks";

type Figure = "cpu" | "mem";

interface LiveTotalProps {
  containers: readonly Container[];
  of: Figure;
}

/** The sum of a metric over containers, written past React at every tick; "—" while nothing is known. */
export function LiveTotal({ containers, of }: LiveTotalProps) {
  const metrics = useMetrics();
  const text = useRef<HTMLSpanElement>(null);
  const rows = useMemo(() => containers.filter(isAlive).map((c) => c.row), [containers]);
  useWatchRows(rows, COLUMNS[of]);
  useLayoutEffect(() => {
    const write = () => {
      let sum = 0;
      let known = false;
      for (const row of rows) {
        const value = metrics.read(row, of);
        if (value === null) continue;
        sum += value;
        known = true;
      }
      const now = known ? quantityText(of === "cpu" ? formatCentipercent(sum) : formatBytes(sum)) : DASH;
      if (text.current && text.current.textContent !== now) text.current.textContent = now;
    };
    write();
    return metrics.subscribe(write);
  }, [metrics, rows, of]);
  return <span ref={text} data-total={of} />;
}

const COLUMNS = { cpu: ["cpu"], mem: ["mem"] } as const;
