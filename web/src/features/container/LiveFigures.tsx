import { useEffect, useMemo, useRef } from "react";
import type { ColumnName } from "../../api/columns.gen";
import type { Container } from "../../api/types.gen";
import { freshness } from "../../components/container/freshness";
import { baseWords, coresOf, type Scale } from "../../components/container/scale";
import { formatAgo } from "../../components/format/duration";
import { DASH, formatBytes, formatCentipercent, formatShare, quantityText } from "../../components/format/quantity";
import { useLive, useWatchRows } from "../../store/hooks";
import type { Live } from "../../store/live";
import { useScale } from "../../store/useScale";

const WATCHED: readonly ColumnName[] = ["cpu", "mem", "memLimit", "swap"];

/** CPU and memory now, in words. Written past React, once a tick. */
export function LiveFigures({ container: c }: { container: Container }) {
  const live = useLive();
  const scale = useScale(`${c.engine}/${c.id}`);
  const text = useRef<HTMLSpanElement>(null);
  useWatchRows(
    useMemo(() => [c.row], [c.row]),
    WATCHED,
    { restEveryMs: 0 },
  );
  useEffect(() => {
    const paint = () => {
      const next = figures(live, c, scale);
      if (text.current && text.current.textContent !== next) text.current.textContent = next;
    };
    paint();
    return live.store.metrics.subscribe(paint);
  }, [live, c, scale]);
  return <span ref={text} data-testid="figures" />;
}

/** "CPU 12.3 % of one core · memory 45.0 MiB of 64.0 MiB (70%) · swap 1.00 MiB". */
function figures({ store }: Live, c: Container, scale: Scale): string {
  const { metrics } = store;
  const age = metrics.age(c.row);
  const tick = (store.view().server?.sampleSeconds || 1) * 1000;
  const fresh = age === null ? "lost" : freshness(age, tick);
  const read = (name: ColumnName) => metrics.read(c.row, name) ?? Number.NaN;
  // A rate that is lost means nothing; a size is still the last known one.
  const cpu = fresh === "lost" ? DASH : quantityText(formatCentipercent(read("cpu") / coresOf(scale)));
  const used = read("mem");
  const limit = scale.memoryLimit ?? Number.NaN;
  const of = Number.isNaN(limit)
    ? ""
    : ` of ${quantityText(formatBytes(limit, scale.units))} (${formatShare(used, limit) || DASH})`;
  // Null where the kernel does not count it.
  const swap = metrics.read(c.row, "swap");
  const swapped = swap === null ? "" : ` · swap ${quantityText(formatBytes(swap, scale.units))}`;
  const old = fresh !== "fresh" && age !== null ? ` · ${formatAgo(age)}` : "";
  return `CPU ${cpu} ${baseWords(scale)} · memory ${quantityText(formatBytes(used, scale.units))}${of}${swapped}${old}`;
}
