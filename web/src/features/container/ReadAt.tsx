import RotateCw from "lucide-react/icons/rotate-cw";
import { Button } from "../../components/Button";
import { formatAgo } from "../../components/format/duration";
import { Prose } from "../../components/Prose";
import { useTimedText } from "../../store/hooks";
import type { Inspected } from "./inspection";

/** How old the inspect document is, and why there is no newer one. */
export function ReadAt({ inspected }: { inspected: Inspected & { refresh(): void } }) {
  const { at, loading, problem, refresh } = inspected;
  const ago = useTimedText((now) => (at === null ? "" : formatAgo(now - at)));
  return (
    <p className="flex flex-wrap items-center gap-2 text-sm text-text-3" data-testid="read-at">
      {at === null ? (loading ? "Reading the engine’s details…" : "") : `Details as the engine told them ${ago}.`}
      {problem !== "" && (
        <span role="alert" className="text-bad">
          <Prose text={problem} />
        </span>
      )}
      <Button tone="quiet" disabled={loading} onClick={refresh}>
        <RotateCw size={13} aria-hidden />
        Read again
      </Button>
    </p>
  );
}
