import Search from "lucide-react/icons/search";
import Star from "lucide-react/icons/star";
import { useState, useSyncExternalStore } from "react";
import { DetailReader } from "../../../api/reader";
import { searchRegistry } from "../../../api/resources";
import type { SearchResult } from "../../../api/types.gen";
import { Button } from "../../../components/Button";
import { Prose } from "../../../components/Prose";
import { useLive } from "../../../store/hooks";

interface RegistrySearchProps {
  term: string;
  onChoose: (name: string) => void;
}

/** Has the engine search its registry for what is written so far. */
export function RegistrySearch({ term, onChoose }: RegistrySearchProps) {
  const { client } = useLive();
  const [asked, setAsked] = useState<{ term: string; reader: DetailReader<{ items: SearchResult[] }> } | null>(null);
  const search = () => {
    const reader = new DetailReader(() => searchRegistry(client, term));
    setAsked({ term, reader });
    void reader.refresh();
  };
  return (
    <div className="flex flex-col gap-1">
      <Button className="self-start" disabled={term === ""} onClick={search}>
        <Search size={14} aria-hidden />
        Search the registry
      </Button>
      {asked && <Found key={asked.term} term={asked.term} reader={asked.reader} onChoose={onChoose} />}
    </div>
  );
}

interface FoundProps {
  term: string;
  reader: DetailReader<{ items: SearchResult[] }>;
  onChoose: (name: string) => void;
}

function Found({ term, reader, onChoose }: FoundProps) {
  const { data, loading, problem } = useSyncExternalStore(reader.subscribe, reader.state);
  if (loading) return <p role="status">Searching…</p>;
  if (problem !== "") {
    return (
      <p role="alert" className="text-sm text-bad">
        <Prose text={problem} />
      </p>
    );
  }
  if (data === null || data.items.length === 0) return <p role="status">Nothing is called {term}.</p>;
  return (
    <ul aria-label="Found" className="max-h-40 overflow-auto rounded border border-line">
      {data.items.map((r) => (
        <li key={r.name}>
          <button
            type="button"
            className="flex w-full items-baseline gap-2 px-2 py-1 text-start text-sm hover:bg-surface-2"
            onClick={() => onChoose(r.name)}
          >
            <span className="shrink-0 font-mono">{r.name}</span>
            <span className="min-w-0 flex-1 truncate text-text-2">{r.description}</span>
            {r.official && <span className="text-xs text-text-2">official</span>}
            <span className="inline-flex items-center gap-0.5 text-xs text-text-3">
              <Star size={11} aria-hidden /> {r.stars}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
