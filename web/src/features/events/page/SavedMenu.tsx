import Bookmark from "lucide-react/icons/bookmark";
import { type FormEvent, useMemo, useState, useSyncExternalStore } from "react";
import { Button } from "../../../components/Button";
import { notify } from "../../../components/notice";
import { useLive } from "../../../store/hooks";
import { PopoverButton } from "./PopoverButton";
import { type EventQuery, queryOf, searchOf } from "./query";
import { SavedItem } from "./SavedItem";
import { MAX_NAME, type SavedFilter, SavedFilters } from "./saved";
import type { SetQuery } from "./useEventQuery";

/** Filters kept on the server by name. */
export function SavedMenu({ query, onQuery }: { query: EventQuery; onQuery: SetQuery }) {
  const { client } = useLive();
  const saved = useMemo(() => new SavedFilters(client), [client]);
  const search = searchOf(query);
  return (
    <PopoverButton
      label={
        <>
          <Bookmark size={14} aria-hidden />
          <span className="max-sm:sr-only">Saved</span>
        </>
      }
      name="Saved filters"
      onOpen={() => void saved.load()}
    >
      {(close) => (
        <Filters
          saved={saved}
          search={search}
          onChoose={(f) => {
            onQuery(queryOf(f.search), true);
            close();
          }}
        />
      )}
    </PopoverButton>
  );
}

interface FiltersProps {
  saved: SavedFilters;
  /** The filter of now. */
  search: string;
  onChoose: (filter: SavedFilter) => void;
}

function Filters({ saved, search, onChoose }: FiltersProps) {
  const { filters, problem } = useSyncExternalStore(saved.subscribe, saved.state);
  const remove = async (filter: SavedFilter) => {
    if (!(await saved.remove(filter.name))) return;
    notify({
      title: `Filter “${filter.name}” deleted`,
      action: { label: "Undo", run: () => void saved.save(filter.name, filter.search) },
    });
  };
  return (
    <>
      {filters === null && problem === "" && (
        <p role="status" className="qw-late px-3 py-2 text-text-2">
          Loading…
        </p>
      )}
      {filters?.length === 0 && <p className="px-3 py-2 text-text-2">None yet. They follow you to every browser.</p>}
      {filters !== null && filters.length > 0 && (
        <ul className="min-h-0 overflow-y-auto py-1" aria-label="Saved filters">
          {filters.map((f) => (
            <SavedItem
              key={f.name}
              filter={f}
              current={f.search === search}
              onChoose={() => onChoose(f)}
              onRename={(to) => saved.rename(f, to)}
              onRemove={() => void remove(f)}
            />
          ))}
        </ul>
      )}
      {problem !== "" && (
        <p role="alert" className="px-3 py-2 text-bad">
          {problem}
        </p>
      )}
      <Keep saved={saved} search={search} taken={filters ?? []} />
    </>
  );
}

function Keep({ saved, search, taken }: { saved: SavedFilters; search: string; taken: readonly SavedFilter[] }) {
  const [name, setName] = useState("");
  const clean = name.trim();
  const replaces = taken.some((f) => f.name === clean);
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    if (clean !== "" && (await saved.save(clean, search))) setName("");
  };
  return (
    <form className="flex gap-2 border-t border-line p-2" onSubmit={submit}>
      <input
        aria-label="Name of this filter"
        placeholder={search === "" ? "Nothing is filtered" : "Save this filter as…"}
        disabled={search === ""}
        maxLength={MAX_NAME}
        autoComplete="off"
        value={name}
        onChange={(e) => setName(e.target.value)}
        className="h-7 min-w-0 flex-1 rounded border border-line-strong bg-surface-1 px-2 text-sm placeholder:text-text-3 disabled:opacity-50"
      />
      <Button type="submit" disabled={clean === "" || search === ""}>
        {replaces ? "Replace" : "Save"}
      </Button>
    </form>
  );
}
