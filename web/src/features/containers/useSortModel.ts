import { useMemo } from "react";
import { preference, usePreference } from "../../components/preference";
import { COLUMNS } from "./columns";
import type { ColumnId, Sort } from "./model/order";

const sortPreference = preference(
  "sort",
  COLUMNS.flatMap((c) => [`${c.id} up`, `${c.id} down`]),
  "name up",
);

export interface SortModel {
  readonly sort: Sort;
  /** Sorts by a column: as asked, or the other way round, or at first as is usual for it: figures from the greatest. */
  sortBy(id: ColumnId, desc?: boolean): void;
}

/** By which column the table is sorted, remembered by this browser. The same object until that changes. */
export function useSortModel(): SortModel {
  const text = usePreference(sortPreference);
  return useMemo(() => {
    const [by = "name", direction] = text.split(" ");
    const sort: Sort = { id: by as ColumnId, desc: direction === "down" };
    const usual = (id: ColumnId) => COLUMNS.find((c) => c.id === id)?.numeric ?? false;
    return {
      sort,
      sortBy: (id, desc = id === sort.id ? !sort.desc : usual(id)) =>
        sortPreference.set(`${id} ${desc ? "down" : "up"}`),
    };
  }, [text]);
}
