import { timesPreference } from "../preferences";
import { formatAgo } from "./duration";
import { formatClock } from "./time";

const OLD_MS = 60 * 60 * 1000;

/** When something was, at `now` of the same clock: "12 s ago" within the hour unless times of day are wanted. */
export function whenText(at: number, now: number): string {
  const relative = timesPreference.get() === "relative" && now - at < OLD_MS;
  return relative ? formatAgo(Math.max(0, now - at)) : formatClock(at);
}
