import { useEffect, useMemo, useSyncExternalStore } from "react";
import { browserFrames, browserTimers } from "../../lib/timers";
import { useLive, useLiveContainer, useWatchRows } from "../../store/hooks";
import { useScale } from "../../store/useScale";
import { Deck, type DeckState } from "./deck";
import type { PlotClass } from "./loadPlot";
import { CHARTED } from "./model/history";
import type { Range } from "./model/ranges";

const NO_ROWS: readonly number[] = [];

/** The charts' deck for as long as they are on screen, and the server told that somebody looks. */
export function useDeck(
  containerKey: string,
  plotClass: PlotClass,
  range: Range,
  moment: number | null,
): { deck: Deck; state: DeckState } {
  const live = useLive();
  const row = useLiveContainer(containerKey)?.container.row;
  const rows = useMemo(() => (row === undefined || moment !== null ? NO_ROWS : [row]), [row, moment]);
  useWatchRows(rows, CHARTED, { restEveryMs: 0 });
  const scale = useScale(containerKey);
  // Made once: range and scale change it, they don't make another.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const deck = useMemo(
    () =>
      new Deck(
        { live, plotClass, timers: browserTimers, visibility: browserFrames },
        containerKey,
        range,
        scale,
        moment,
      ),
    [live, plotClass, containerKey, moment],
  );
  useEffect(() => deck.start(), [deck]);
  useEffect(() => deck.setRange(range), [deck, range]);
  useEffect(() => deck.setScale(scale), [deck, scale]);
  return { deck, state: useSyncExternalStore(deck.subscribe, deck.state) };
}
