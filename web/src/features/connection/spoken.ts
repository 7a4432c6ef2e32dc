/**
 * What is read aloud of the connection's state, and when. The first change is
 * said at once; while the link flaps, ever more time passes between one sentence
 * and the next, and only what is still so is said.
 */
import type { PillView } from "./pillView";

export interface Spoken {
  readonly text: string;
  /** When it was said, monotonic milliseconds. */
  readonly at: number;
  /** What has to pass before anything else is said. */
  readonly pauseMs: number;
}

export const FIRST_PAUSE_MS = 5_000;
export const LONGEST_PAUSE_MS = 60_000;

export const nothingSpoken: Spoken = { text: "", at: Number.NEGATIVE_INFINITY, pauseMs: 0 };

/** speak says what is to be read out now; the same object when that is nothing new. */
export function speak(last: Spoken, view: Pick<PillView, "state" | "announcement">, now: number): Spoken {
  if (view.announcement === "" || view.announcement === last.text) return last;
  const passed = now - last.at;
  // What waits for the user can't flap, and nothing would come after it to say it later.
  const final = view.state === "signin" || view.state === "update" || view.state === "closed";
  if (passed < last.pauseMs && !final) return last;
  const calm = passed >= 2 * LONGEST_PAUSE_MS;
  const pauseMs = calm ? FIRST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, last.pauseMs * 2));
  return { text: view.announcement, at: now, pauseMs };
}
