import { useEffect, useSyncExternalStore } from "react";
import type { DetailReader, Details } from "../../api/reader";
import type { AlertRules, DeliveryStatus } from "../../api/types.gen";
import { browserFrames, browserTimers } from "../../lib/timers";
import { useLive } from "../../store/hooks";
import { type AlertDesk, alertDeskOf } from "./desk";
import { keepFresh } from "./keepFresh";

export function useDesk(): AlertDesk {
  return alertDeskOf(useLive());
}

/** No stream carries these lists: while somebody looks they are read so often. */
const FRESH_MS = 10_000;

function useFresh<D>(reader: DetailReader<D>): Details<D> {
  useEffect(() => keepFresh(reader.refresh, FRESH_MS, browserTimers, browserFrames), [reader]);
  return useSyncExternalStore(reader.subscribe, reader.state);
}

/** The rules with their file, as they were a moment ago. */
export function useRules(): Details<AlertRules> {
  return useFresh(useDesk().rules);
}

export function useDeliveries(): Details<{ readonly items: readonly DeliveryStatus[] }> {
  return useFresh(useDesk().deliveries);
}
