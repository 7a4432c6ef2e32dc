// biome-ignore-all lint/a11y/useSemanticElements: rows of a table can't be taken out of its flow, as a window of 10,000 needs
// biome-ignore-all lint/a11y/useFocusableInteractive: rows have the grid's roving focus, cells have none of their own
import ArrowDown from "lucide-react/icons/arrow-down";
import ArrowUp from "lucide-react/icons/arrow-up";
import type { Layout } from "./columns";
import type { SortModel } from "./useSortModel";

interface GridHeadProps {
  model: SortModel;
  layout: Layout;
}

/** The row of column heads; each sorts by its column, and again the other way. */
export function GridHead({ model, layout }: GridHeadProps) {
  const { table, sort } = model;
  return (
    <div role="rowgroup" className="sticky top-0 z-2">
      <div role="row" className="qw-row qw-head" aria-rowindex={1}>
        {layout.columns.map((column, i) => {
          const sorted = sort.id === column.id;
          const Arrow = sort.desc ? ArrowDown : ArrowUp;
          return (
            <div
              key={column.id}
              role="columnheader"
              className="qw-cell"
              data-col={column.id}
              data-num={column.numeric || undefined}
              aria-colindex={i + 1}
              style={layout.places[i]}
              aria-sort={sorted ? (sort.desc ? "descending" : "ascending") : "none"}
            >
              <button
                type="button"
                className="qw-sort"
                title={`${column.title}. Click to sort.`}
                onClick={() => table.getColumn(column.id)?.toggleSorting()}
              >
                {column.numeric && sorted && <Arrow size={12} aria-hidden className="shrink-0" />}
                <span className="truncate">{column.label}</span>
                {!column.numeric && sorted && <Arrow size={12} aria-hidden className="shrink-0" />}
              </button>
            </div>
          );
        })}
        <div role="columnheader" className="sr-only" aria-colindex={layout.columns.length + 1}>
          Menu
        </div>
      </div>
    </div>
  );
}
