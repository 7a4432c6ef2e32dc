import LoaderCircle from "lucide-react/icons/loader-circle";
import { useCallback, useSyncExternalStore } from "react";
import { useLive } from "../../store/hooks";
import { deskOf } from "./desk";
import { isGoing } from "./model/going";

/** What is asked of the engine for a thing now, here or by a job: "Removing…". What comes of it is the engine's word. */
export function PendingMark({ of }: { of: string }) {
  const live = useLive();
  const { store } = live;
  const desk = deskOf(live);
  const asked = useSyncExternalStore(desk.subscribe, () => desk.pending().get(of));
  const going = useSyncExternalStore(
    store.subscribe,
    useCallback(() => isGoing(store.view().jobs, of), [store, of]),
  );
  const doing = asked ?? (going ? "Removing…" : undefined);
  if (doing === undefined) return null;
  return (
    <span className="ms-2 inline-flex items-center gap-1 text-sm text-transitional" data-pending>
      <LoaderCircle size={12} aria-hidden className="qw-spin" />
      {doing}
    </span>
  );
}
