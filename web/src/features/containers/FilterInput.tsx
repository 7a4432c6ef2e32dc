import Search from "lucide-react/icons/search";
import X from "lucide-react/icons/x";
import { useEffect, useRef } from "react";

interface FilterInputProps {
  query: string;
  onChange: (query: string) => void;
  /** Moves on to the table, for the arrow key. */
  onLeave: () => void;
}

/** The text filter. "/" leads here from anywhere but another input; Esc clears, then leaves. */
export function FilterInput({ query, onChange, onLeave }: FilterInputProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey) return;
      if (e.target instanceof HTMLElement && e.target.closest("input, textarea, select, [contenteditable]")) return;
      e.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  return (
    <div className="relative min-w-0 flex-1 sm:max-w-96 sm:min-w-60">
      <Search size={14} aria-hidden className="pointer-events-none absolute start-2 top-1.5 text-text-3" />
      <input
        ref={input}
        type="search"
        aria-label="Filter containers"
        placeholder="Filter: name, image, state:running …"
        title="Words match name, image, project, state, health and id. state: health: project: image: name: id: look in one of them; a minus in front excludes."
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={(e) => onChange(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === "Escape") {
            if (query === "") input.current?.blur();
            else onChange("");
          } else if (e.key === "ArrowDown" || e.key === "Enter") {
            e.preventDefault();
            onLeave();
          }
        }}
        className="h-7 w-full rounded border border-line-strong bg-surface-1 ps-7 pe-7 text-sm text-text-1 placeholder:text-text-3 focus-visible:outline-offset-0"
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
          className="absolute end-1 top-1 rounded p-0.5 text-text-3 hover:bg-surface-2 hover:text-text-1"
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
