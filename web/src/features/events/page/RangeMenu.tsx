import { type FormEvent, useState } from "react";
import { Button } from "../../../components/Button";
import { PopoverButton } from "./PopoverButton";
import type { EventQuery } from "./query";
import { rangeOf } from "./query";
import { localInput, PRESETS, rangeWord } from "./range";
import type { SetQuery } from "./useEventQuery";

/** The time: a preset, or from and until. */
export function RangeMenu({ query, onQuery }: { query: EventQuery; onQuery: SetQuery }) {
  const word = rangeWord(query);
  return (
    <PopoverButton label={word || "Any time"} name={word === "" ? "Any time" : `Time: ${word}`} marked={word !== ""}>
      {(close) => (
        <>
          <ul className="py-1" aria-label="Time">
            {PRESETS.map((p) => (
              <li key={p.since}>
                <button
                  type="button"
                  aria-pressed={query.since === p.since && query.until === "" && query.around === ""}
                  className="flex min-h-7 w-full items-center px-3 text-start hover:bg-surface-2 aria-pressed:bg-accent-soft"
                  onClick={() => {
                    onQuery({ ...query, since: p.since, until: "", around: "" });
                    close();
                  }}
                >
                  {p.word}
                </button>
              </li>
            ))}
          </ul>
          <Custom query={query} onQuery={onQuery} onDone={close} />
        </>
      )}
    </PopoverButton>
  );
}

const FIELD = "h-7 min-w-0 flex-1 rounded border border-line-strong bg-surface-1 px-2 text-sm";

function Custom({ query, onQuery, onDone }: { query: EventQuery; onQuery: SetQuery; onDone: () => void }) {
  const range = rangeOf(query);
  const [from, setFrom] = useState(localInput(range.since));
  const [to, setTo] = useState(localInput(range.until));
  const wrong = from !== "" && to !== "" && from >= to;
  const apply = (e: FormEvent) => {
    e.preventDefault();
    if (wrong) return;
    const iso = (local: string) => (local === "" ? "" : new Date(local).toISOString());
    onQuery({ ...query, since: iso(from), until: iso(to), around: "" });
    onDone();
  };
  return (
    <form className="flex flex-col gap-2 border-t border-line p-3" onSubmit={apply}>
      <label className="flex items-center gap-2">
        <span className="w-10 text-text-2">From</span>
        <input
          type="datetime-local"
          step={1}
          className={FIELD}
          value={from}
          onChange={(e) => setFrom(e.target.value)}
        />
      </label>
      <label className="flex items-center gap-2">
        <span className="w-10 text-text-2">Until</span>
        <input type="datetime-local" step={1} className={FIELD} value={to} onChange={(e) => setTo(e.target.value)} />
      </label>
      {wrong && (
        <p role="alert" className="text-sm text-bad">
          It ends before it begins.
        </p>
      )}
      <Button type="submit" disabled={wrong || (from === "" && to === "")}>
        Show this time
      </Button>
    </form>
  );
}
