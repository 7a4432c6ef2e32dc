import { useMemo, useState } from "react";
import type { ContainerTable } from "../../store/containerTable";
import { Tally } from "../../store/tally";
import { stateCounts, wordsOf } from "./model/counts";

interface CountsProps {
  containers: ContainerTable;
  query: string;
  onFilter: (query: string) => void;
}

/** How many there are of what matters; each is a filter, pressed again it is none. */
export function Counts({ containers, query, onFilter }: CountsProps) {
  const [tally] = useState(() => new Tally(wordsOf));
  const counts = useMemo(() => stateCounts(tally.count(containers)), [tally, containers]);
  return (
    <div className="flex min-w-0 items-center gap-1 overflow-hidden text-sm whitespace-nowrap max-lg:hidden">
      {counts.map((c) => {
        const on = query.trim() === c.query;
        return (
          <button
            key={c.query}
            type="button"
            aria-pressed={on}
            className={`h-6 rounded px-1.5 ${on ? "bg-accent-soft text-text-1" : "text-text-2 hover:bg-surface-2"}`}
            onClick={() => onFilter(on ? "" : c.query)}
          >
            <span className={`font-semibold ${c.bad ? "text-bad" : "text-text-1"}`}>{c.count}</span> {c.word}
          </button>
        );
      })}
    </div>
  );
}
