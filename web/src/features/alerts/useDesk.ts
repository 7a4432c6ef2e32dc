import { useEffect, useSyncExternalStore } from "react";
import type { DetailReader, Details } from "../../api/reader";
import type { AlertRules, DeliveryStatus, Revisions } from "../../api/types.gen";
import { browserFrames, browserTimers } from "../../lib/timers";
import { useLive } from "../../store/hooks";
import { type AlertDesk, alertDeskOf } from "./desk";
import { keepFresh, type Readable } from "./keepFresh";

export function useDesk(): AlertDesk {
  return alertDeskOf(useLive());
}

/** Reads a list while somebody looks at it: it is not on the stream, but that it has changed is. */
export function useFresh(list: Readable, of: keyof Revisions, on = true): void {
  const { store } = useLive();
  useEffect(() => {
    if (!on) return;
    const now = () => {
      const { server } = store.view();
      return server && `${server.startedAt} ${server.revisions[of]}`;
    };
    return keepFresh(list, { now, subscribe: store.subscribe }, browserTimers, browserFrames);
  }, [store, list, of, on]);
}

function useFreshDetails<D>(reader: DetailReader<D>, of: keyof Revisions): Details<D> {
  useFresh(reader, of);
  return useSyncExternalStore(reader.subscribe, reader.state);
}

/** The rules with their file, as they were a moment ago. */
export function useRules(): Details<AlertRules> {
  return useFreshDetails(useDesk().rules, "alertRules");
}

export function useDeliveries(): Details<{ readonly items: readonly DeliveryStatus[] }> {
  return useFreshDetails(useDesk().deliveries, "deliveries");
}
