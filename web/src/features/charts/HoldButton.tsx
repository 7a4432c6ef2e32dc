import Pause from "lucide-react/icons/pause";
import Play from "lucide-react/icons/play";
import { Button } from "../../components/Button";
import { formatDuration } from "../../components/format/duration";
import { useTimedText } from "../../store/hooks";
import type { Deck, DeckState } from "./deck";

/** Whether the picture runs, how far it is behind, and the way back. */
export function HoldButton({ deck, state }: { deck: Deck; state: DeckState }) {
  const { heldAt, zoomed } = state;
  const behind = useTimedText((now) => (heldAt === null ? "" : formatDuration(now - heldAt)));
  if (heldAt === null) {
    return (
      <Button tone="quiet" onClick={() => deck.hold()}>
        <Pause size={14} aria-hidden />
        Pause
      </Button>
    );
  }
  return (
    <span className="flex items-center gap-2 text-sm" data-testid="held">
      <span className="text-paused">
        {zoomed ? "Zoomed" : "Paused"} · {behind} behind
      </span>
      <Button onClick={() => deck.resume()}>
        <Play size={14} aria-hidden />
        Resume
      </Button>
    </span>
  );
}
