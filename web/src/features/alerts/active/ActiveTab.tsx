import Search from "lucide-react/icons/search";
import { useEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../../components/Button";
import { Selection } from "../../../components/grid/selection";
import { useKeys } from "../../../components/keys";
import { useFilterQuery } from "../../../components/useFilterQuery";
import { useLiveAlerts } from "../../../store/hooks";
import { activeLines, fits } from "../model/active";
import { useDesk } from "../useDesk";
import { useMay } from "../useMay";
import { AlertBulk } from "./AlertBulk";
import { AlertGrid } from "./AlertGrid";
import { AllQuiet } from "./AllQuiet";

/** So many have room for no search. */
const FEW = 5;

/** What fires or may soon, and what somebody does about it. */
export function ActiveTab() {
  const { loaded, entries } = useLiveAlerts();
  const desk = useDesk();
  const may = useMay();
  const [query, setQuery] = useFilterQuery();
  const [selection] = useState(() => new Selection());
  const all = useMemo(() => activeLines(entries.values()), [entries]);
  const lines = useMemo(() => all.filter((l) => fits(l.alert, query)), [all, query]);
  // What is over, or filtered out, is nothing that can be acted on.
  useEffect(() => {
    const keys = new Set(lines.map((l) => l.key));
    selection.keep((key) => keys.has(key));
  }, [selection, lines]);
  if (!loaded) return <p className="qw-late p-4 text-text-2">Waiting for the alerts…</p>;
  if (all.length === 0 && query === "") return <AllQuiet />;
  return (
    <>
      {(all.length > FEW || query !== "") && <SearchField query={query} onChange={setQuery} />}
      {lines.length === 0 ? (
        <div className="m-auto flex flex-col items-center gap-3 p-6 text-center">
          <h2 className="text-lg font-semibold">No active alert fits</h2>
          <Button onClick={() => setQuery("")}>Clear the search</Button>
        </div>
      ) : (
        <AlertGrid lines={lines} selection={selection} desk={desk} reason={may.operate} />
      )}
      <AlertBulk lines={lines} selection={selection} desk={desk} reason={may.operate} />
    </>
  );
}

function SearchField({ query, onChange }: { query: string; onChange: (query: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  useKeys([
    {
      keys: "/",
      what: "Search",
      group: "Alerts",
      run: () => {
        input.current?.focus();
        input.current?.select();
        return true;
      },
    },
  ]);
  return (
    <div className="relative mx-4 my-2 max-w-md">
      <Search size={14} aria-hidden className="pointer-events-none absolute start-2 top-1.5 text-text-3" />
      <input
        ref={input}
        type="search"
        aria-label="Search active alerts"
        placeholder="Container, project, rule, word …"
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={(e) => onChange(e.target.value)}
        className="h-7 w-full rounded border border-line-strong bg-surface-1 ps-7 pe-2 text-sm placeholder:text-text-3"
      />
    </div>
  );
}
