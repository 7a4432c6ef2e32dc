import { useLive, useTimedText } from "../../store/hooks";
import { countdownText } from "./pillView";

/** Seconds to the next attempt. Not for screen readers: it would never stop talking. */
export function Countdown({ at }: { at: number }) {
  const { clock } = useLive();
  // This machine's time, as `at` is; not the server's.
  const text = useTimedText(() => countdownText(at, clock.wall()));
  return <span aria-hidden>{text}</span>;
}
