import {
  columnVisibilityFeature,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
  useTable,
} from "@tanstack/react-table";
import { useMemo, useState } from "react";
import type { Container } from "../../api/types.gen";
import { COLUMNS, type Layout } from "./columns";
import type { ColumnId, Sort } from "./model/order";

const features = tableFeatures({ columnVisibilityFeature, rowSortingFeature });
const columns = COLUMNS.map((c) => ({ id: c.id, header: c.label, sortDescFirst: c.numeric, enableMultiSort: false }));
const FIRST: SortingState = [{ id: "name", desc: false }];
// The table model has the columns and the sort order only. Its row models make
// several objects a row at every change: the lines come from model/lines.ts.
const NO_ROWS: Container[] = [];

/** The head of the table: which columns there are, and by which it is sorted. */
export function useSortModel(layout: Layout) {
  const [sorting, setSorting] = useState(FIRST);
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
    onSortingChange: setSorting,
  });
  const first = sorting[0];
  const id = first?.id ?? "name";
  const desc = first?.desc ?? false;
  const sort: Sort = useMemo(() => ({ id: id as ColumnId, desc }), [id, desc]);
  return { table, sort };
}

export type SortModel = ReturnType<typeof useSortModel>;
