import LoaderCircle from "lucide-react/icons/loader-circle";
import { useSyncExternalStore } from "react";
import { useLive } from "../../store/hooks";
import { deskOf } from "./desk";

/** What is asked of the engine for a thing now: "Removing…". What comes of it is the engine's word. */
export function PendingMark({ of }: { of: string }) {
  const desk = deskOf(useLive());
  const doing = useSyncExternalStore(desk.subscribe, () => desk.pending().get(of));
  if (doing === undefined) return null;
  return (
    <span className="ms-2 inline-flex items-center gap-1 text-sm text-transitional" data-pending>
      <LoaderCircle size={12} aria-hidden className="qw-spin" />
      {doing}
    </span>
  );
}
