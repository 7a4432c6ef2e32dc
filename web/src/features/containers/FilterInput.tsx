import Search from "lucide-react/icons/search";
import X from "lucide-react/icons/x";
import { type KeyboardEvent, memo, useId, useRef } from "react";
import type { Seen } from "../../components/filter/complete";
import { FilterSuggestions } from "../../components/filter/FilterSuggestions";
import { useCompletion } from "../../components/filter/useCompletion";
import { useKeys } from "../../components/keys";

interface FilterInputProps {
  query: string;
  /** The id of what says which words can't be read, while it does. */
  problemsId: string | undefined;
  /** How many there are. */
  problems: number;
  /** Where values to suggest come from. */
  seen: () => Seen;
  onChange: (query: string) => void;
  /** Moves on to the table, for the arrow key. */
  onLeave: () => void;
}

/** The filter with its completion. "/" leads here from anywhere but another input; Esc closes, clears, then leaves. */
export const FilterInput = memo(function FilterInput(props: FilterInputProps) {
  const { query, problemsId, problems, seen, onChange, onLeave } = props;
  const input = useRef<HTMLInputElement>(null);
  const list = useId();
  const completion = useCompletion({ input, query, seen, onChange });
  const { open, active } = completion;
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
    if (completion.onKeyDown(e)) {
      e.preventDefault();
      e.stopPropagation();
    } else if (e.key === "Escape") {
      if (query === "") input.current?.blur();
      else onChange("");
      e.stopPropagation();
    } else if (e.key === "ArrowDown" || e.key === "Enter") {
      e.preventDefault();
      onLeave();
    }
  };

  return (
    <div className="relative min-w-0 flex-1 sm:max-w-md sm:min-w-60">
      <Search size={14} aria-hidden className="pointer-events-none absolute start-2 top-1.5 text-text-3" />
      <input
        ref={input}
        type="search"
        role="combobox"
        aria-label="Filter containers"
        aria-autocomplete="list"
        aria-expanded={open}
        aria-controls={open ? list : undefined}
        aria-activedescendant={open && active >= 0 ? `${list}-${active}` : undefined}
        aria-invalid={problemsId !== undefined || undefined}
        aria-describedby={problemsId}
        placeholder="Filter: name, state:running, cpu>50 …"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={query}
        onChange={(e) => {
          onChange(e.target.value);
          completion.typed(e.target.value, e.target.selectionStart ?? e.target.value.length);
        }}
        onKeyDown={onKeyDown}
        onBlur={completion.close}
        className="h-7 w-full rounded border border-line-strong bg-surface-1 ps-7 pe-7 text-sm text-text-1 placeholder:text-text-3 focus-visible:outline-offset-0 aria-invalid:border-paused"
      />
      {query === "" ? (
        <kbd
          aria-hidden
          className="pointer-events-none absolute end-1.5 top-1.5 rounded border border-line px-1 font-mono text-xs/[14px] text-text-3 max-sm:hidden"
        >
          /
        </kbd>
      ) : (
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
      {open && <FilterSuggestions id={list} completion={completion} problems={problems} />}
    </div>
  );
});
