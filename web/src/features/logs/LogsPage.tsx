import ChevronRight from "lucide-react/icons/chevron-right";
import { useMemo, useState } from "react";
import { Link, useSearch } from "wouter";
import { CONTAINERS_PATH } from "../../components/routes";
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
  // The same array for the same containers, whatever else changed.
  const list = found.keys.join(" ");
  const keys = useMemo(() => (list === "" ? [] : list.split(" ")), [list]);
  // Once there was a log it stays, also when its containers are removed.
  const [opened, setOpened] = useState<string | null>(null);
  if (keys.length > 0 && opened !== what.id) setOpened(what.id);
  const title = pageTitle(what, found.names);

  return (
    <div className="flex h-full min-h-0 min-w-0 flex-1 flex-col bg-surface-1">
      <header className="flex shrink-0 flex-wrap items-center gap-x-3 border-b border-line px-3 py-2">
        <nav aria-label="Where you are" className="flex items-center gap-1 text-sm text-text-3">
          <Link href={CONTAINERS_PATH} className="hover:text-text-1 hover:underline">
            Containers
          </Link>
          <ChevronRight size={12} aria-hidden />
        </nav>
        <h1
          className="min-w-0 truncate text-lg font-semibold outline-none"
          tabIndex={-1}
          title={found.names.join(", ")}
        >
          {title}
        </h1>
        {keys.length > MAX_SOURCES && (
          <p className="text-sm text-text-2">
            The first {MAX_SOURCES} of {keys.length} containers: a view follows no more.
          </p>
        )}
        {table.loaded && found.missing.length > 0 && (
          <p className="text-sm text-text-2">Not there: {found.missing.join(", ")}</p>
        )}
      </header>
      {opened === what.id ? (
        <LogPane key={what.id} containers={keys} title={title} />
      ) : (
        <p className="px-3 py-6 text-center text-sm text-text-2">
          {table.loaded ? what.none : <span className="qw-late">Waiting for the containers…</span>}
        </p>
      )}
    </div>
  );
}
