import HeartCrack from "lucide-react/icons/heart-crack";
import HeartPulse from "lucide-react/icons/heart-pulse";
import Hourglass from "lucide-react/icons/hourglass";
import type { Container } from "../../api/types.gen";
import { isAlive } from "../../components/container/stateView";
import { DASH } from "../../components/format/quantity";

const VIEWS = {
  healthy: { Icon: HeartPulse, word: "Healthy", tone: "text-running" },
  unhealthy: { Icon: HeartCrack, word: "Unhealthy", tone: "text-bad" },
  starting: { Icon: Hourglass, word: "Starting", tone: "text-transitional" },
} as const;

/** The verdict of the health check, while there is somebody to check. */
export function HealthCell({ container }: { container: Container }) {
  if (container.health === "none" || !isAlive(container)) {
    const why = container.health === "none" ? "It has no health check" : "Not running, so not checked";
    return (
      <span className="qw-quiet" title={why}>
        {DASH}
      </span>
    );
  }
  const { Icon, word, tone } = VIEWS[container.health];
  return (
    <span className={`flex min-w-0 items-center gap-1 ${tone}`}>
      <Icon size={14} aria-hidden className="shrink-0" />
      <span className="truncate">{word}</span>
    </span>
  );
}
