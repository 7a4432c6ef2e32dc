import { useEffect, useMemo, useSyncExternalStore } from "react";
import { usePreference } from "../../components/preference";
import { browserFrames, browserTimers } from "../../lib/timers";
import { useLive, useLiveContainer, useWatchRows } from "../../store/hooks";
import { useScale } from "../../store/useScale";
import { rangePreference } from "./chartPreferences";
import { Deck, type DeckState } from "./deck";
import type { PlotClass } from "./loadPlot";
import { CHARTED } from "./model/history";

const NO_ROWS: readonly number[] = [];

/** The charts' deck for as long as they are on screen, and the server told that somebody looks. */
export function useDeck(containerKey: string, plotClass: PlotClass): { deck: Deck; state: DeckState } {
  const live = useLive();
  const row = useLiveContainer(containerKey)?.container.row;
  const rows = useMemo(() => (row === undefined ? NO_ROWS : [row]), [row]);
  useWatchRows(rows, CHARTED, { restEveryMs: 0 });
  const range = usePreference(rangePreference);
  const scale = useScale(containerKey);
  // Made once: range and scale change it, they don't make another.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const deck = useMemo(
    () => new Deck({ live, plotClass, timers: browserTimers, visibility: browserFrames }, containerKey, range, scale),
    [live, plotClass, containerKey],
  );
  useEffect(() => deck.start(), [deck]);
  useEffect(() => deck.setRange(range), [deck, range]);
  useEffect(() => deck.setScale(scale), [deck, scale]);
  return { deck, state: useSyncExternalStore(deck.subscribe, deck.state) };
}
