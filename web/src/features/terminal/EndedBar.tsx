import RotateCcw from "lucide-react/icons/rotate-ccw";
import { Button } from "../../components/Button";
import type { Ended } from "./model/session";
import { endedWords } from "./model/words";

interface EndedBarProps {
  readonly ended: Ended;
  /** Why it can't be started again now, or null. */
  readonly reason: string | null;
  onAgain(): void;
}

/** How it ended. Nothing starts again by itself: what ran is gone. */
export function EndedBar({ ended, reason, onAgain }: EndedBarProps) {
  const { text, tone } = endedWords(ended);
  return (
    <div
      data-ended={ended.how}
      className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-t border-line bg-surface-2 px-3 py-2"
    >
      <p className={`min-w-0 wrap-anywhere ${tone === "bad" ? "text-bad" : ""}`}>{text}</p>
      {reason !== null && <p className="text-text-2">{reason}.</p>}
      <Button tone="primary" className="ms-auto" disabled={reason !== null} onClick={onAgain}>
        <RotateCcw size={14} aria-hidden />
        Start again
      </Button>
    </div>
  );
}
