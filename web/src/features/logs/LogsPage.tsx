import { useMemo } from "react";
import { useSearch } from "wouter";
import { useLiveContainers } from "../../store/hooks";
import { LogPane } from "./LogPane";
import { MAX_SOURCES } from "./model/logSession";
import { pageTitle, wanted } from "./model/wanted";

/** The logs of several containers, or of a Compose project, in one view: /logs?c=ID,ID or ?project=NAME. */
export function LogsPage() {
  const search = useSearch();
  const what = useMemo(() => wanted(new URLSearchParams(search)), [search]);
  const table = useLiveContainers();
  const found = what.find(table.entries);
  // The same array for the same containers: the log is opened anew for others.
  const list = found.keys.join(" ");
  const keys = useMemo(() => (list === "" ? [] : list.split(" ")), [list]);
  const title = pageTitle(what, found.names);

  return (
    <div className="flex h-full min-h-0 min-w-0 flex-1 flex-col">
      <header className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-3 border-b border-line bg-surface-1 px-3 py-1.5">
        <h1 className="min-w-0 truncate text-lg font-semibold">{title}</h1>
        {keys.length > MAX_SOURCES && (
          <p className="text-sm text-text-2">
            The first {MAX_SOURCES} of {keys.length} containers: a view follows no more.
          </p>
        )}
        {table.loaded && found.missing.length > 0 && (
          <p className="text-sm text-text-2">Not there: {found.missing.join(", ")}</p>
        )}
      </header>
      {keys.length > 0 ? (
        <LogPane key={what.id} containers={keys} title={title} />
      ) : (
        <p className="px-3 py-6 text-center text-sm text-text-2">
          {table.loaded ? what.none : "Waiting for the containers…"}
        </p>
      )}
    </div>
  );
}
