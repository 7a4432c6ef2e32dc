import ArrowDown from "lucide-react/icons/arrow-down";
import { Button } from "../../components/Button";
import { linesText } from "./model/countText";
import type { LogScreen } from "./screen/logScreen";
import { useLogState } from "./useLogState";

/** The way back to the end, and what came there meanwhile. Below the lines: over them it would cover the last ones. */
export function NewLines({ screen }: { screen: LogScreen }) {
  const following = useLogState(screen, (s) => s.following);
  const n = useLogState(screen, (s) => s.newLines);
  if (following) return null;
  return (
    <Button
      tone="primary"
      className="ms-auto h-6 rounded-full px-3"
      onClick={() => screen.follow()}
      data-testid="log-new"
      title="Follow the end (End)"
    >
      {n === 0 ? "Follow" : linesText(n).replace(" ", " new ")}
      <ArrowDown size={14} aria-hidden />
    </Button>
  );
}
