import { formatExact } from "../../../components/format/time";
import { linesText } from "./countText";
import type { MomentLogState } from "./momentLog";

/** What is to be said of a log around a moment; "" while it is read. `at` and `now` in Unix microseconds. */
export function momentNote(s: MomentLogState, at: number, now: number): string {
  if (s.phase !== "ready") return "";
  if (at > now + 1_000_000) return "This moment is still to come.";
  if (s.before === 0 && s.after === 0) return "The log is empty: nothing was written, or it is no longer there.";
  if (s.before === 0 && !s.moreBefore) {
    const first = formatExact(s.next / 1000).slice(0, 19);
    return `The log begins after this moment, at ${first}: what was before is no longer there, or nothing was written.`;
  }
  if (s.after === 0) return "Nothing was written after this moment.";
  return "";
}

/** How much of the log is here. */
export function momentCount(s: MomentLogState): string {
  const some = (n: number, more: boolean) => `${linesText(n)}${more ? " and more" : ""}`;
  return `${some(s.before, s.moreBefore)} before, ${some(s.after, s.moreAfter)} after`;
}
