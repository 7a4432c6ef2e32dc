/** Where the feed is asked to be: at the first event after a time. */
import type { Absence } from "./absence";
import { feedPreference } from "./feedPreferences";

let place: Absence | null = null;
const listeners = new Set<() => void>();

export const feedPlace = {
  get: (): Absence | null => place,
  subscribe(fn: () => void): () => void {
    listeners.add(fn);
    return () => listeners.delete(fn);
  },
};

/** Opens the feed where the user left, with a line drawn there. */
export function showSince(absence: Absence): void {
  place = absence;
  feedPreference.set("open");
  for (const fn of [...listeners]) fn();
}
