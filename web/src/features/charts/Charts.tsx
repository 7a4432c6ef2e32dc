import { use } from "react";
import { Board } from "./Board";
import "uplot/dist/uPlot.min.css";
import "./charts.css";
import { loadPlot } from "./loadPlot";

/** The charts of one container. Loaded when they are asked for, and uPlot with them. */
export function Charts({ containerKey }: { containerKey: string }) {
  const plotClass = use(loadPlot());
  return <Board key={containerKey} containerKey={containerKey} plotClass={plotClass} />;
}
