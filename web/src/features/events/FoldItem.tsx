import ChevronDown from "lucide-react/icons/chevron-down";
import ChevronRight from "lucide-react/icons/chevron-right";
import { EventGlyph } from "../../components/event/EventGlyph";
import { subjectOf } from "../../components/event/eventText";
import { EventSubject } from "./EventSubject";
import { EventTime } from "./EventTime";
import type { FoldRow } from "./fold";

interface FoldItemProps {
  row: FoldRow;
  open: boolean;
  onToggle: (key: string) => void;
}

/** What repeated itself, in one line that opens. */
export function FoldItem({ row, open, onToggle }: FoldItemProps) {
  const newest = row.rows[0]?.event;
  if (!newest) return null;
  const Chevron = open ? ChevronDown : ChevronRight;
  // The exit code is what matters: what is before it is cut.
  const [, what = "", end = ""] = /^(.*?)(, (?:last )?exit \d+)?$/s.exec(row.words) ?? [];
  return (
    <div className="flex h-full items-start gap-2 py-1.5 ps-3 pe-3" data-event="fold" data-count={row.rows.length}>
      <div className="flex w-3.5 shrink-0 flex-col items-center">
        <EventGlyph icon={row.icon} tone={row.tone} />
        <button
          type="button"
          aria-expanded={open}
          aria-label={`${row.rows.length} events of ${subjectOf(newest)}`}
          title={`${row.rows.length} events`}
          className="-mt-0.5 inline-flex size-6 shrink-0 items-center justify-center rounded text-text-3 hover:bg-surface-2 hover:text-text-1"
          onClick={() => onToggle(row.key)}
        >
          <Chevron size={14} aria-hidden />
        </button>
      </div>
      <div className="min-w-0 flex-1">
        <div className="flex items-baseline justify-between gap-2">
          <EventSubject event={newest} />
          <EventTime time={newest.time} />
        </div>
        <div className="flex text-sm whitespace-pre text-text-2" title={row.words}>
          <span className="truncate">{what}</span>
          <span className="shrink-0">{end}</span>
        </div>
      </div>
    </div>
  );
}
