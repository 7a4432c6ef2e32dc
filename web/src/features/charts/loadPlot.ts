import type uPlot from "uplot";
import { guardLanguage } from "./model/language";

export type PlotClass = typeof uPlot;

let loading: Promise<PlotClass> | null = null;

/** Reads uPlot, once, behind the guard that it needs. A failure is forgotten, so that it can be tried again. */
export function loadPlot(): Promise<PlotClass> {
  guardLanguage(navigator);
  loading ??= import("uplot").then(
    (m) => m.default,
    (err: unknown) => {
      loading = null;
      throw err;
    },
  );
  return loading;
}
