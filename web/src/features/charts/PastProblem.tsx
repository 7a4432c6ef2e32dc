import CircleAlert from "lucide-react/icons/circle-alert";
import { Button } from "../../components/Button";
import { Prose } from "../../components/Prose";

/** The past can't be had: the charts begin now. */
export function PastProblem({ why, onRetry }: { why: string; onRetry: () => void }) {
  return (
    <div role="alert" className="flex flex-wrap items-center gap-2 border-b border-line bg-paused-soft px-4 py-2">
      <CircleAlert size={16} aria-hidden className="shrink-0 text-paused" />
      <span className="min-w-0">
        The past can’t be shown; the charts begin now. <Prose text={why} />
      </span>
      <Button onClick={onRetry}>Try again</Button>
    </div>
  );
}
