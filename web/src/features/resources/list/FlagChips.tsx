import { useMemo } from "react";
import type { Kind, Row } from "../model/kind";

interface FlagChipsProps<R extends Row> {
  kind: Kind<R>;
  rows: readonly R[];
  query: string;
  onFilter: (query: string) => void;
}

/** How many there are of what matters; each is a filter, pressed again it is none. */
export function FlagChips<R extends Row>({ kind, rows, query, onFilter }: FlagChipsProps<R>) {
  const counts = useMemo(() => kind.flags.map((f) => ({ ...f, count: rows.filter(f.test).length })), [kind, rows]);
  return (
    <div className="flex min-w-0 items-center gap-1 overflow-hidden text-sm whitespace-nowrap max-lg:hidden">
      {counts.map((f) => {
        const words = `is:${f.word}`;
        const on = query.trim() === words;
        if (f.count === 0 && !on) return null;
        return (
          <button
            key={f.word}
            type="button"
            aria-pressed={on}
            title={f.title}
            className={`h-6 rounded px-1.5 ${on ? "bg-accent-soft text-text-1" : "text-text-2 hover:bg-surface-2"}`}
            onClick={() => onFilter(on ? "" : words)}
          >
            <span className="font-semibold text-text-1">{f.count}</span> {f.word}
          </button>
        );
      })}
    </div>
  );
}
