import { useSyncExternalStore } from "react";
import type { Action } from "../../api/types.gen";
import { useLive } from "../../store/hooks";
import { deskOf } from "./desk";

/** The action that is under way on a container, whoever asked for it; null for none. */
export function usePending(key: string): Action | null {
  const { book } = deskOf(useLive());
  return useSyncExternalStore(book.subscribe, () => book.get(key)?.action ?? null);
}
