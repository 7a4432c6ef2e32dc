import ListFilter from "lucide-react/icons/list-filter";
import { memo, useId, useMemo } from "react";
import { Button } from "../../components/Button";
import type { EventTone, Kind } from "../../components/event/eventText";
import { usePreference } from "../../components/preference";
import { useLiveEvents } from "../../store/hooks";
import { feedFilter, SEVERITIES, severityChoices } from "./feedFilter";
import { filtersPreference, kindChoices } from "./feedPreferences";
import { ListChips } from "./ListChips";
import { offeredActions, offeredContainers } from "./offered";
import { ToggleChips } from "./ToggleChips";
import { useWanted } from "./useWanted";

const KIND_WORDS: Record<Kind, string> = {
  container: "Container",
  exec: "Exec",
  image: "Image",
  network: "Network",
  volume: "Volume",
  other: "Other",
};

const SEVERITY_WORDS: Record<EventTone, string> = {
  bad: "Problems",
  warn: "Warnings",
  good: "Good news",
  plain: "The rest",
};

interface FeedFiltersProps {
  text: string;
  onText: (text: string) => void;
}

/** What the feed is narrowed to: words, and chips by kind, severity, action and container. */
export const FeedFilters = memo(function FeedFilters({ text, onText }: FeedFiltersProps) {
  const open = usePreference(filtersPreference) === "open";
  const wanted = useWanted(text);
  const panel = useId();
  const hidden = SEVERITIES.length - wanted.severities.size;
  const active = wanted.actions.length + wanted.containers.length + hidden;
  return (
    <div className="shrink-0 border-b border-line px-3 py-1.5">
      <div className="flex gap-1">
        <input
          type="search"
          aria-label="Search events"
          placeholder="Search events"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(e) => onText(e.target.value)}
          onKeyDown={(e) => e.key === "Escape" && onText("")}
          className="h-7 w-full min-w-0 flex-1 rounded border border-line-strong bg-surface-1 px-2 text-sm placeholder:text-text-3 focus-visible:outline-offset-0"
        />
        <Button
          tone="quiet"
          className="px-1.5"
          aria-expanded={open}
          aria-controls={panel}
          aria-label={active === 0 ? "Filters" : `Filters, ${active} active`}
          title="Filters"
          onClick={() => filtersPreference.set(open ? "closed" : "open")}
        >
          <ListFilter size={16} aria-hidden />
          {active > 0 && <span className="text-xs">{active}</span>}
        </Button>
      </div>
      <div id={panel} hidden={!open} className="mt-1.5 flex flex-col gap-1.5">
        {open && <Chips active={active} />}
      </div>
    </div>
  );
});

function Chips({ active }: { active: number }) {
  const { rows: events } = useLiveEvents();
  const { actions, containers } = useWanted("");
  const offered = useMemo(() => ({ actions: offeredActions(events), containers: offeredContainers(events) }), [events]);
  return (
    <>
      <ToggleChips label="Kinds of events" of={kindChoices} words={KIND_WORDS} />
      <ToggleChips label="How bad" of={severityChoices} words={SEVERITY_WORDS} />
      <div className="flex flex-wrap gap-1">
        <ListChips
          what="actions"
          any="Any action"
          chosen={actions}
          offered={offered.actions}
          word={(a) => a.replaceAll("_", " ")}
        />
        <ListChips
          what="containers"
          any="Any container"
          chosen={containers}
          offered={offered.containers}
          word={(c) => c}
        />
        {active > 0 && (
          <Button
            tone="quiet"
            className="h-6 text-xs"
            onClick={() => {
              feedFilter.clear();
              for (const s of SEVERITIES) severityChoices.set(s, true);
            }}
          >
            Clear
          </Button>
        )}
      </div>
    </>
  );
}
