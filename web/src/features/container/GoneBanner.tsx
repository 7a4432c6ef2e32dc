import Trash2 from "lucide-react/icons/trash-2";
import { useMemo } from "react";
import { Link } from "wouter";
import type { Container } from "../../api/types.gen";
import { formatClock } from "../../components/format/time";
import { CONTAINERS_PATH, containerPath } from "../../components/routes";
import { useLiveContainers, useLiveEvents } from "../../store/hooks";
import { removedAt, successorOf } from "./model/resolve";

/** The container was removed while somebody looked: what is shown is the last that was known, and who came after it. */
export function GoneBanner({ container: c, noticedAt }: { container: Container; noticedAt: number }) {
  const { entries } = useLiveContainers();
  const { rows } = useLiveEvents();
  const successor = useMemo(() => successorOf(c, entries), [c, entries]);
  const told = useMemo(
    () =>
      removedAt(
        c,
        rows.flatMap((r) => (r.kind === "event" ? [r.event] : [])),
      ),
    [c, rows],
  );
  return (
    <div
      role="status"
      data-testid="gone"
      className="my-2 flex flex-wrap items-center gap-x-3 gap-y-1 rounded border border-line-strong bg-paused-soft px-3 py-1.5"
    >
      <Trash2 size={16} aria-hidden className="shrink-0 text-paused" />
      <span>
        Removed {told === null ? "before" : "at"} {formatClock(told ?? noticedAt)} · last known
      </span>
      {successor ? (
        <Link href={containerPath(successor.entry.key)} className="text-accent hover:underline">
          {successor.by === "name"
            ? `There is a new ${c.name}`
            : `${successor.entry.container.name} runs this service now`}
        </Link>
      ) : (
        <Link href={CONTAINERS_PATH} className="text-accent hover:underline">
          All containers
        </Link>
      )}
    </div>
  );
}
