import { useEffect } from "react";
import type { OpenCompletion } from "./useCompletion";

interface FilterSuggestionsProps {
  id: string;
  completion: OpenCompletion;
  /** Lines under the filter that must stay readable. */
  problems: number;
}

/** The list under the filter. The focus stays in the input, which names the chosen one. */
export function FilterSuggestions({ id, completion, problems }: FilterSuggestionsProps) {
  const { suggestions, active, choose } = completion;
  useEffect(() => {
    if (active >= 0) document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [id, active]);
  return (
    <div
      className="qw-popup absolute start-0 z-40 flex max-h-80 w-full min-w-72 flex-col overflow-hidden py-1"
      style={{ top: problems === 0 ? 32 : 48 + 22 * problems }}
    >
      <div id={id} role="listbox" aria-label="Suggestions" className="min-h-0 overflow-auto">
        {suggestions.map((s, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input hears the keys and names the chosen option
          <div
            key={s.text}
            id={`${id}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === active}
            className={`flex items-baseline gap-3 px-3 py-1 ${i === active ? "bg-accent-soft" : "hover:bg-surface-2"}`}
            // The input keeps the focus.
            onMouseDown={(e) => e.preventDefault()}
            onClick={() => choose(s)}
          >
            <span className="shrink-0 font-mono text-sm">{s.text}</span>
            <span className="ms-auto truncate text-sm text-text-2">{s.hint}</span>
          </div>
        ))}
      </div>
      <div aria-hidden className="mt-1 border-t border-line px-3 pt-1 text-xs text-text-3 max-sm:hidden">
        <kbd>Tab</kbd> takes it · <kbd>↑</kbd> <kbd>↓</kbd> choose · <kbd>Esc</kbd> closes · − before a word excludes
      </div>
    </div>
  );
}
