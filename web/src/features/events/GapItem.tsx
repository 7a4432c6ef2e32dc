import Unplug from "lucide-react/icons/unplug";
import type { EventRow } from "../../store/state";
import { gapText } from "./feed";

/** A place where events are, or may be, missing. */
export function GapItem({ row }: { row: Extract<EventRow, { kind: "gap" }> }) {
  const text = gapText(row);
  return (
    <div className="qw-gap flex h-full items-start gap-2 px-3 py-1.5" data-event="gap">
      <Unplug size={14} aria-hidden className="mt-[3px] shrink-0 text-paused" />
      <div className="min-w-0 flex-1">
        <div className="truncate font-semibold">{text.title}</div>
        <div className="truncate text-sm text-text-2" title={text.detail}>
          {text.detail}
        </div>
      </div>
    </div>
  );
}
