// biome-ignore-all lint/a11y/useSemanticElements: rows of a table can't be taken out of its flow, as a window of many needs
// biome-ignore-all lint/a11y/useFocusableInteractive: the heads' buttons have the focus
import ArrowDown from "lucide-react/icons/arrow-down";
import ArrowUp from "lucide-react/icons/arrow-up";
import { SelectAll } from "../../../components/grid/SelectAll";
import type { Selection } from "../../../components/grid/selection";
import type { Row } from "../model/kind";
import type { Layout } from "../model/layout";
import type { OrderModel } from "../useOrder";

interface ResourceHeadProps<R extends Row> {
  model: OrderModel;
  layout: Layout<R>;
  selection: Selection;
}

/** The row of column heads; each sorts by its column. */
export function ResourceHead<R extends Row>({ model, layout, selection }: ResourceHeadProps<R>) {
  const { order, orderBy } = model;
  const Arrow = order.desc ? ArrowDown : ArrowUp;
  return (
    <div role="rowgroup" className="sticky top-0 z-2">
      <div role="row" className="qw-row qw-head" aria-rowindex={1}>
        <div role="columnheader" className="qw-check" aria-colindex={1}>
          <SelectAll selection={selection} />
        </div>
        {layout.columns.map((column, i) => {
          const on = order.id === column.id;
          return (
            <div
              key={column.id}
              role="columnheader"
              className="qw-cell"
              data-col={column.id}
              data-num={column.numeric || undefined}
              aria-colindex={i + 2}
              aria-sort={on ? (order.desc ? "descending" : "ascending") : "none"}
              style={layout.places[i]}
            >
              <button
                type="button"
                className="qw-sort"
                title={`${column.title}. Click to sort.`}
                onClick={() => orderBy(column.id)}
              >
                {column.numeric && on && <Arrow size={12} aria-hidden className="shrink-0" />}
                <span className="truncate">{column.label}</span>
                {!column.numeric && on && <Arrow size={12} aria-hidden className="shrink-0" />}
              </button>
            </div>
          );
        })}
        <div role="columnheader" className="sr-only" aria-colindex={layout.columns.length + 2}>
          Menu
        </div>
      </div>
    </div>
  );
}
