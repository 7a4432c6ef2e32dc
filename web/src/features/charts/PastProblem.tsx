import CircleAlert from "lucide-react/icons/circle-alert";
import { Button } from "../../components/Button";
import { Prose } from "../../components/Prose";

interface PastProblemProps {
  why: string;
  /** The charts are of now, and go on. */
  live: boolean;
  onRetry: () => void;
}

/** The past can't be had: the charts begin now, or there are none of a moment. */
export function PastProblem({ why, live, onRetry }: PastProblemProps) {
  return (
    <div role="alert" className="flex flex-wrap items-center gap-2 border-b border-line bg-paused-soft px-4 py-2">
      <CircleAlert size={16} aria-hidden className="shrink-0 text-paused" />
      <span className="min-w-0">
        {live ? "The past can’t be shown; the charts begin now." : "The past can’t be shown."} <Prose text={why} />
      </span>
      <Button onClick={onRetry}>Try again</Button>
    </div>
  );
}
