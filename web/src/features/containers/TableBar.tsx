import Layers from "lucide-react/icons/layers";
import { useCallback } from "react";
import { Button } from "../../components/Button";
import type { Sight } from "../../components/filter/sight";
import { usePreference } from "../../components/preference";
import type { ContainerTable } from "../../store/containerTable";
import { useLive } from "../../store/hooks";
import { Counts } from "./Counts";
import { FilterInput } from "./FilterInput";
import { shownText } from "./model/shownText";
import { groupPreference } from "./viewPreferences";

interface TableBarProps {
  containers: ContainerTable;
  query: string;
  problemsId: string;
  problems: number;
  sight: Sight;
  /** How many rows there are, of how many; null while that is not known. */
  count: { readonly shown: number; readonly total: number } | null;
  /** Whether rows move by themselves; then whether they are held still now. */
  liveOrder: boolean;
  held: boolean;
  onFilter: (query: string) => void;
  onLeave: () => void;
}

/** Over the table: the filter, the counts that are filters, how many are shown, and grouping. */
export function TableBar(props: TableBarProps) {
  const { containers, query, sight, held } = props;
  const { store } = useLive();
  const grouped = usePreference(groupPreference) === "project";
  // Read when it is asked for: each keystroke sees the containers of its moment.
  const seen = useCallback(
    () => ({ containers: store.view().containers.entries.map((e) => e.container), engineName: sight.engineName }),
    [store, sight],
  );
  return (
    <div className="flex h-11 shrink-0 items-center gap-3 border-b border-line px-3">
      <FilterInput
        query={query}
        problemsId={props.problems > 0 ? props.problemsId : undefined}
        problems={props.problems}
        seen={seen}
        onChange={props.onFilter}
        onLeave={props.onLeave}
      />
      <Counts containers={containers} query={query} onFilter={props.onFilter} />
      <span className="ms-auto flex shrink-0 items-center gap-3 text-sm text-text-2">
        {/* Its room is kept while the order may be paused: the bar must not move either. */}
        {props.liveOrder && (
          <span
            data-testid="order-paused"
            className={`max-sm:hidden ${held ? "" : "invisible"}`}
            title="Rows hold still while the pointer or the focus is in the table"
          >
            Order paused
          </span>
        )}
        <span className="max-sm:hidden" data-testid="shown">
          {props.count && shownText(props.count.shown, props.count.total)}
        </span>
      </span>
      <Button
        tone="quiet"
        aria-pressed={grouped}
        className={grouped ? "bg-accent-soft text-text-1" : ""}
        title="Group by Compose project"
        onClick={() => groupPreference.set(grouped ? "flat" : "project")}
      >
        <Layers size={14} aria-hidden />
        <span className="max-sm:sr-only">Group</span>
      </Button>
    </div>
  );
}
