import X from "lucide-react/icons/x";
import { type FeedFilter, feedFilter } from "./feedFilter";

interface ListChipsProps {
  what: keyof FeedFilter;
  /** "Any action", and what a chip of it says. */
  any: string;
  chosen: readonly string[];
  /** What there is to choose from, in the order of the list. */
  offered: readonly string[];
  word: (value: string) => string;
}

/** A choice out of many: those chosen are chips that can be taken away, the rest stand in a list. */
export function ListChips({ what, any, chosen, offered, word }: ListChipsProps) {
  const rest = offered.filter((v) => !chosen.includes(v));
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-1">
      {chosen.map((value) => (
        <button
          key={value}
          type="button"
          aria-label={`Take away: ${word(value)}`}
          className="flex max-w-full items-center gap-1 rounded-full border border-line-strong bg-accent-soft ps-2 pe-1 text-xs/[22px] text-text-1"
          onClick={() => feedFilter.remove(what, value)}
        >
          <span className="truncate">{word(value)}</span>
          <X size={12} aria-hidden className="shrink-0" />
        </button>
      ))}
      <select
        aria-label={chosen.length === 0 ? any : `${any}: add another`}
        value=""
        onChange={(e) => feedFilter.add(what, e.target.value)}
        className="h-6 max-w-full min-w-0 rounded-full border border-line bg-surface-1 px-1.5 text-xs text-text-2"
      >
        <option value="">{chosen.length === 0 ? any : "+"}</option>
        {rest.map((value) => (
          <option key={value} value={value}>
            {word(value)}
          </option>
        ))}
      </select>
    </div>
  );
}
