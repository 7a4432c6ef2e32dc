import HeartCrack from "lucide-react/icons/heart-crack";
import HeartPulse from "lucide-react/icons/heart-pulse";
import Hourglass from "lucide-react/icons/hourglass";
import type { Container } from "../../api/types.gen";
import { isAlive } from "../../components/container/stateView";

const VIEWS = {
  healthy: { Icon: HeartPulse, word: "Healthy", tone: "text-running" },
  unhealthy: { Icon: HeartCrack, word: "Unhealthy", tone: "text-bad" },
  starting: { Icon: Hourglass, word: "Health not known yet", tone: "text-transitional" },
} as const;

/** The verdict of the health check as icon, word and colour; nothing without one, or while nobody is there to check. */
export function HealthWord({ container: c }: { container: Container }) {
  if (c.health === "none" || !isAlive(c)) return null;
  const { Icon, word, tone } = VIEWS[c.health];
  return (
    <span className={`inline-flex items-baseline gap-1 whitespace-nowrap ${tone}`}>
      <Icon size={14} aria-hidden className="self-center" />
      {word}
    </span>
  );
}
