import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { type AlertQuery, alertHistory } from "../../../api/alerts";
import { PagedReader } from "../../../api/pages";
import type { Alert } from "../../../api/types.gen";
import { Button } from "../../../components/Button";
import { Prose } from "../../../components/Prose";
import { useLive, useLiveAlerts } from "../../../store/hooks";
import { mergeHistory, wantedBy } from "../model/active";
import { useRules } from "../useDesk";
import { HistoryFilters } from "./HistoryFilters";
import { HistoryItem } from "./HistoryItem";

const ANY: AlertQuery = { state: "", rule: "", container: "" };

/** What fired, newest first: read page after page, and what changes meanwhile changes in it. */
export function HistoryTab() {
  const { client } = useLive();
  const [query, setQuery] = useState(ANY);
  const reader = useMemo(
    () => new PagedReader<Alert>((before) => alertHistory(client, query, before)),
    [client, query],
  );
  const read = useSyncExternalStore(reader.subscribe, reader.state);
  useEffect(() => void reader.refresh(), [reader]);
  const { entries } = useLiveAlerts();
  const rules = useRules().data?.items.map((r) => r.name) ?? [];
  const alerts = useMemo(
    () => (read.loaded ? mergeHistory(read.items, entries.values(), wantedBy(query), !read.more) : []),
    [read, entries, query],
  );
  return (
    <>
      <HistoryFilters query={query} rules={rules} onChange={setQuery} />
      <div className="flex min-h-0 flex-1 flex-col overflow-y-auto" data-page-scroll aria-busy={read.loading}>
        {read.problem !== "" && (
          <p role="alert" className="flex flex-wrap items-center gap-3 px-4 py-2 text-bad">
            <Prose text={read.problem} />
            <Button onClick={() => void reader.refresh()}>Try again</Button>
          </p>
        )}
        {read.loaded && alerts.length === 0 && read.problem === "" && (
          <Nothing any={query === ANY} onClear={() => setQuery(ANY)} />
        )}
        {!read.loaded && read.problem === "" && <p className="qw-late p-4 text-text-2">Reading…</p>}
        <ul aria-label="Past alerts">
          {alerts.map((a) => (
            <HistoryItem key={`${a.engine}/${a.id}`} alert={a} />
          ))}
        </ul>
        {read.more && (
          <p className="p-4">
            <Button disabled={read.loading} onClick={() => void reader.more()}>
              {read.loading ? "Reading…" : "Show older ones"}
            </Button>
          </p>
        )}
      </div>
    </>
  );
}

function Nothing({ any, onClear }: { any: boolean; onClear: () => void }) {
  return (
    <div className="m-auto flex flex-col items-center gap-3 p-6 text-center">
      <h2 className="text-lg font-semibold">{any ? "Nothing has fired yet" : "No alert fits"}</h2>
      {any ? (
        <p className="text-text-2">What fires stays listed here when it is over.</p>
      ) : (
        <Button onClick={onClear}>Show all</Button>
      )}
    </div>
  );
}
