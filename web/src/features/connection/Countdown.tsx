import { useLive, useServerNow } from "../../store/hooks";
import { countdownText } from "./pillView";

/** Seconds to the next attempt. Not for screen readers: it would never stop talking. */
export function Countdown({ retryAt }: { retryAt: number }) {
  const { clock } = useLive();
  // Renews this every second; the time itself is this machine's, as retryAt is.
  useServerNow();
  return <span aria-hidden>{countdownText(retryAt, clock.wall())}</span>;
}
