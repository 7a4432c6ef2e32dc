import { type KeyboardEvent, useState } from "react";
import type { Moment } from "../../lib/moment";
import { ChartCard } from "./ChartCard";
import { DataTable } from "./DataTable";
import type { PlotClass } from "./loadPlot";
import { PastProblem } from "./PastProblem";
import { Toolbar } from "./Toolbar";
import { useDeck } from "./useDeck";
import { useRange } from "./useRange";

interface BoardProps {
  containerKey: string;
  plotClass: PlotClass;
  moment: Moment | null;
}

/** All charts of a container, with one cursor, one window and one bar. */
export function Board({ containerKey, plotClass, moment }: BoardProps) {
  const range = useRange(moment);
  const { deck, state } = useDeck(containerKey, plotClass, range.value, moment?.at ?? null);
  const [table, setTable] = useState(false);
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.target !== e.currentTarget) return;
    if (e.key === "ArrowLeft" || e.key === "ArrowRight") {
      deck.step((e.key === "ArrowLeft" ? -1 : 1) * (e.shiftKey ? 10 : 1));
    } else if (e.key === "Escape" && state.heldAt !== null) {
      deck.hover(null);
      deck.resume();
    } else return;
    e.preventDefault();
  };
  return (
    <div className="flex min-w-0 flex-col" data-testid="charts" data-past={state.past} data-moment={moment?.time}>
      <Toolbar
        deck={deck}
        state={state}
        containerKey={containerKey}
        range={range}
        moment={moment}
        table={table}
        onTable={setTable}
      />
      {state.past === "failed" && (
        <PastProblem why={state.problem} live={moment === null} onRetry={() => void deck.load()} />
      )}
      {/* Always there, so that what comes into it is read out. */}
      <p role="status" className={state.note === "" ? "sr-only" : "px-4 pt-3 text-text-2"} data-testid="moment-note">
        {state.note}
      </p>
      {/* biome-ignore-start lint/a11y/noNoninteractiveTabindex: the arrow keys move the cursor of all charts */}
      {/* biome-ignore-start lint/a11y/noStaticElementInteractions: a group that hears the arrow keys */}
      {/* biome-ignore-start lint/a11y/useSemanticElements: no fieldset: nothing is filled in here */}
      <div
        role="group"
        aria-label="Charts. The left and right arrow keys move the cursor, Escape lets the picture run again."
        tabIndex={0}
        onKeyDown={onKeyDown}
        className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,440px),1fr))] gap-x-6 gap-y-5 p-4 -outline-offset-2"
      >
        {state.charts.map((spec) => (
          <ChartCard key={spec.id} spec={spec} deck={deck} containerKey={containerKey} />
        ))}
      </div>
      {/* biome-ignore-end lint/a11y/noNoninteractiveTabindex: see above */}
      {/* biome-ignore-end lint/a11y/noStaticElementInteractions: see above */}
      {/* biome-ignore-end lint/a11y/useSemanticElements: see above */}
      {table && <DataTable deck={deck} charts={state.charts} />}
    </div>
  );
}
