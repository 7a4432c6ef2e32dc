import { useSyncExternalStore } from "react";
import type { Action } from "../../api/types.gen";
import { useLive } from "../../store/hooks";
import { deskOf } from "./desk";
import type { Pending } from "./pendingBook";

/** The action that is under way on a container, whoever asked for it; null for none. */
export function usePending(key: string): Action | null {
  const { book } = deskOf(useLive());
  return useSyncExternalStore(book.subscribe, () => book.get(key)?.action ?? null);
}

/** The same with how far it is. */
export function usePendingStage(key: string): Pending | undefined {
  const { book } = deskOf(useLive());
  return useSyncExternalStore(book.subscribe, () => book.get(key));
}
