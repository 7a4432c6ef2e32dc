import { use } from "react";
import type { Moment } from "../../lib/moment";
import { Board } from "./Board";
import "uplot/dist/uPlot.min.css";
import "./charts.css";
import { loadPlot } from "./loadPlot";

/** The charts of one container, of now or around a moment. Loaded when they are asked for, and uPlot with them. */
export function Charts({ containerKey, moment = null }: { containerKey: string; moment?: Moment | null }) {
  const plotClass = use(loadPlot());
  return (
    <Board
      key={`${containerKey} ${moment?.time ?? ""}`}
      containerKey={containerKey}
      plotClass={plotClass}
      moment={moment}
    />
  );
}
