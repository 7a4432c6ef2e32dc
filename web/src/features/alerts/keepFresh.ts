import type { Frames, Timers } from "../../lib/timers";

/** Reads now, and again each so many milliseconds while the page can be seen; ends with the function it returns. */
export function keepFresh(
  read: () => Promise<void>,
  everyMs: number,
  timers: Timers,
  frames: Pick<Frames, "hidden" | "onShow">,
): () => void {
  let stop = () => {};
  let ended = false;
  const again = async () => {
    stop();
    if (!frames.hidden()) await read();
    // Another reading may have ended meanwhile, and have set a timer of its own.
    stop();
    if (!ended) stop = timers.after(everyMs, () => void again());
  };
  const stopShow = frames.onShow(() => void again());
  void again();
  return () => {
    ended = true;
    stop();
    stopShow();
  };
}
