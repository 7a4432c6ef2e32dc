import {
  columnVisibilityFeature,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useMemo } from "react";
import type { Container } from "../../api/types.gen";
import { preference, usePreference } from "../../components/preference";
import { COLUMNS, type Layout } from "./columns";
import type { ColumnId, Sort } from "./model/order";

const features = tableFeatures({ columnVisibilityFeature, rowSortingFeature });
const columns = COLUMNS.map((c) => ({ id: c.id, header: c.label, sortDescFirst: c.numeric, enableMultiSort: false }));
const sortPreference = preference(
  "sort",
  COLUMNS.flatMap((c) => [`${c.id} up`, `${c.id} down`]),
  "name up",
);
// The table model has the columns and the sort order only. Its row models make
// several objects a row at every change: the lines come from model/lines.ts.
const NO_ROWS: Container[] = [];

/** The head of the table: which columns there are, and by which it is sorted. */
export function useSortModel(layout: Layout) {
  const [id = "name", direction = "up"] = usePreference(sortPreference).split(" ");
  const desc = direction === "down";
  const sorting: SortingState = useMemo(() => [{ id, desc }], [id, desc]);
  const columnVisibility = useMemo(() => {
    const shown = new Set(layout.columns.map((c) => c.id));
    return Object.fromEntries(COLUMNS.map((c) => [c.id, shown.has(c.id)]));
  }, [layout.columns]);
  const table = useTable({
    features,
    columns,
    data: NO_ROWS,
    manualSorting: true,
    enableSortingRemoval: false,
    state: { sorting, columnVisibility },
    onSortingChange: (next) => {
      const [first] = typeof next === "function" ? next(sorting) : next;
      if (first) sortPreference.set(`${first.id} ${first.desc ? "down" : "up"}`);
    },
  });
  const sort: Sort = useMemo(() => ({ id: id as ColumnId, desc }), [id, desc]);
  return { table, sort };
}

export type SortModel = ReturnType<typeof useSortModel>;
