import ListFilter from "lucide-react/icons/list-filter";
import Search from "lucide-react/icons/search";
import X from "lucide-react/icons/x";
import { useRef, useState } from "react";
import { Button } from "../../../components/Button";
import { useKeys } from "../../../components/keys";
import { ExportMenu } from "./ExportMenu";
import { FacetMenu } from "./FacetMenu";
import type { Offered } from "./offers";
import { EVERYTHING, type EventQuery, FACETS, narrowings, toggled } from "./query";
import { RangeMenu } from "./RangeMenu";
import { rangeWord } from "./range";
import { SavedMenu } from "./SavedMenu";
import type { SetQuery } from "./useEventQuery";
import { useSettled } from "./useSettled";

interface EventsBarProps {
  query: EventQuery;
  onQuery: SetQuery;
  /** As the server is asked. */
  params: string;
  offered: Offered;
  /** From the search into the list. */
  onLeave: () => void;
}

/** What the list is narrowed to: words, time and chips; and what can be done with what is found. */
export function EventsBar({ query, onQuery, params, offered, onLeave }: EventsBarProps) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useSettled(query.text, (settled) => onQuery({ ...query, text: settled }));
  useKeys([{ keys: "/", what: "Search the events", group: "Events", run: () => input.current?.focus() as undefined }]);
  // Where there is no room, the chips to choose from stand behind a button.
  const [open, setOpen] = useState(false);
  const chips = narrowings({ ...query, text: "" }, rangeWord(query));
  return (
    <div className="shrink-0 border-b border-line">
      <div className="flex min-h-11 flex-wrap items-center gap-x-1 gap-y-1 px-3 py-1">
        <div className="relative me-1 min-w-40 flex-1 sm:max-w-80">
          <Search size={14} aria-hidden className="pointer-events-none absolute start-2 top-1.5 text-text-3" />
          <input
            ref={input}
            type="search"
            aria-label="Search events"
            placeholder="Search all of history"
            title="Words, each the beginning of one: names, ids, images, actions, exit codes, who asked"
            autoComplete="off"
            spellCheck={false}
            value={text}
            onChange={(e) => setText(e.target.value)}
            onKeyDown={(e) => {
              if (e.key === "ArrowDown") onLeave();
              else if (e.key !== "Escape") return;
              else if (text !== "") setText("");
              else e.currentTarget.blur();
              e.preventDefault();
            }}
            className="h-7 w-full rounded border border-line-strong bg-surface-1 ps-7 pe-2 text-sm placeholder:text-text-3 focus-visible:outline-offset-0"
          />
        </div>
        <Button
          tone="quiet"
          className="px-1.5 sm:hidden"
          aria-expanded={open}
          aria-label={chips.length === 0 ? "Filters" : `Filters, ${chips.length} active`}
          onClick={() => setOpen(!open)}
        >
          <ListFilter size={16} aria-hidden />
        </Button>
        <fieldset
          aria-label="Narrow by"
          className={`flex flex-wrap items-center gap-1 max-sm:order-last max-sm:w-full ${open ? "" : "max-sm:hidden"}`}
        >
          <RangeMenu query={query} onQuery={onQuery} />
          {FACETS.map((facet) => (
            <FacetMenu
              key={facet}
              facet={facet}
              chosen={query.facets[facet]}
              offered={offered[facet]}
              onToggle={(value) => onQuery(toggled(query, facet, value))}
            />
          ))}
          <Button
            tone={query.inferred === "true" ? "plain" : "quiet"}
            className={query.inferred === "true" ? "bg-accent-soft" : ""}
            aria-pressed={query.inferred === "true"}
            title="Only what nobody heard, and Quaywatch found out afterwards"
            onClick={() => onQuery({ ...query, inferred: query.inferred === "true" ? "" : "true" })}
          >
            Inferred
          </Button>
        </fieldset>
        <span className="ms-auto flex items-center">
          <SavedMenu query={query} onQuery={onQuery} />
          <ExportMenu params={params} />
        </span>
      </div>
      {chips.length > 0 && (
        <ul className="flex flex-wrap items-center gap-1 px-3 pb-1.5" aria-label="What is filtered">
          {chips.map((chip) => (
            <li key={chip.key} className="max-w-full">
              <button
                type="button"
                aria-label={`Take away: ${chip.word}`}
                data-chip={chip.key}
                className="flex max-w-full items-center gap-1 rounded-full border border-line-strong bg-accent-soft ps-2 pe-1 text-xs/[22px] text-text-1"
                onClick={() => onQuery({ ...chip.without, text: query.text })}
              >
                <span className="truncate">{chip.word}</span>
                <X size={12} aria-hidden className="shrink-0" />
              </button>
            </li>
          ))}
          <li>
            <Button tone="quiet" className="h-6 text-xs" onClick={() => onQuery(EVERYTHING, true)}>
              Clear all
            </Button>
          </li>
        </ul>
      )}
    </div>
  );
}
