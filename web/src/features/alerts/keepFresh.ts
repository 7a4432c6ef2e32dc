import type { Frames, Timers } from "../../lib/timers";

/** A list that is read as a whole: DetailReader, PagedReader. */
export interface Readable {
  refresh(): Promise<void>;
  state(): { readonly problem: string };
}

/** What the stream says of a list that it does not carry. */
export interface Revision {
  /** Another word says that the list is another one; null where nobody has said. */
  now(): string | null;
  /** Calls fn whenever it may be another one, until the returned function is called. */
  subscribe(fn: () => void): () => void;
}

/** However fast a list changes, it is read so often at most. */
export const REST_MS = 500;
/** What could not be read, or of which nobody tells changes, is read again after so long. */
export const AGAIN_MS = 10_000;

/** Reads a list now, and whenever it has changed while the page can be seen; ends with the function it returns. */
export function keepFresh(
  list: Readable,
  revision: Revision,
  timers: Timers,
  frames: Pick<Frames, "hidden" | "onShow">,
): () => void {
  /** The revision that the last reading has at least. */
  let read: string | null = null;
  let busy = false;
  let ended = false;
  let stop = () => {};
  const changed = () => revision.now() !== null && revision.now() !== read;
  const doubtful = () => read === null || list.state().problem !== "";
  const again = async () => {
    if (busy || ended || frames.hidden()) return;
    busy = true;
    stop();
    read = revision.now();
    await list.refresh();
    if (ended) return;
    stop = timers.after(REST_MS, () => {
      busy = false;
      if (changed()) void again();
      else if (doubtful()) stop = timers.after(AGAIN_MS, () => void again());
    });
  };
  const stopTold = revision.subscribe(() => {
    if (changed()) void again();
  });
  const stopShow = frames.onShow(() => {
    if (changed() || doubtful()) void again();
  });
  void again();
  return () => {
    ended = true;
    stop();
    stopTold();
    stopShow();
  };
}
