import type { Container } from "../../api/types.gen";
import { isAlive } from "../../components/container/stateView";
import { uptimeText, uptimeTitle } from "../../components/container/uptime";
import { useLive, useTimedText } from "../../store/hooks";
import { knownUntil } from "../../store/knownUntil";

/** How long it has been up, or since when it is not. */
export function Uptime({ container: c }: { container: Container }) {
  const live = useLive();
  const text = useTimedText((now) => uptimeText(c, now, knownUntil(live, c.engine)));
  return (
    <span title={uptimeTitle(c)} className="whitespace-nowrap text-text-2">
      {isAlive(c) ? `up ${text}` : text}
    </span>
  );
}
