import Search from "lucide-react/icons/search";
import X from "lucide-react/icons/x";
import { type KeyboardEvent, useRef } from "react";
import { useKeys } from "../../../components/keys";

interface ResourceFilterProps {
  what: string;
  query: string;
  /** The words it knows, for its title. */
  words: readonly string[];
  /** The id of what says which words mean nothing, while it does. */
  problemsId: string | undefined;
  onChange: (query: string) => void;
  /** Moves on to the rows. */
  onLeave: () => void;
}

/** "/" leads here from anywhere but another input; Esc clears, then leaves. */
export function ResourceFilter({ what, query, words, problemsId, onChange, onLeave }: ResourceFilterProps) {
  const input = useRef<HTMLInputElement>(null);
  useKeys([
    {
      keys: "/",
      what: "Filter",
      group: "Table",
      run: () => {
        input.current?.focus();
        input.current?.select();
        return true;
      },
    },
  ]);
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === "Escape") {
      if (query === "") input.current?.blur();
      else onChange("");
      e.stopPropagation();
    } else if (e.key === "ArrowDown" || e.key === "Enter") {
      e.preventDefault();
      onLeave();
    }
  };
  return (
    <div className="relative min-w-24 flex-1 sm:max-w-md sm:min-w-48">
      <Search size={14} aria-hidden className="pointer-events-none absolute start-2 top-1.5 text-text-3" />
      <input
        ref={input}
        type="search"
        aria-label={`Filter ${what}`}
        aria-invalid={problemsId !== undefined || undefined}
        aria-describedby={problemsId}
        placeholder={`Filter: name, ${words.slice(0, 2).join(", ")}`}
        title={`Words that must fit: a name, or ${words.join(", ")}; with - in front, must not`}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={query}
        onChange={(e) => onChange(e.target.value)}
        onKeyDown={onKeyDown}
        className="h-7 w-full rounded border border-line-strong bg-surface-1 ps-7 pe-7 text-sm text-text-1 placeholder:text-text-3 focus-visible:outline-offset-0 aria-invalid:border-paused"
      />
      {query !== "" && (
        <button
          type="button"
          aria-label="Clear filter"
          className="absolute end-0.5 top-0.5 rounded p-1 text-text-3 hover:bg-surface-2 hover:text-text-1"
          onClick={() => {
            onChange("");
            input.current?.focus();
          }}
        >
          <X size={16} aria-hidden />
        </button>
      )}
    </div>
  );
}
