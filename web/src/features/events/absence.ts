/**
 * Whether the user was away: the page was hidden for long, or it was reloaded
 * long after it was last seen. By the server's clock, as the events are.
 */
import type { LiveStore } from "../../store/liveStore";

/** A shorter absence is a glance elsewhere. */
export const AWAY_MS = 5 * 60_000;
const KEY = "quaywatch.seen";

export interface Absence {
  /** When the page was last seen, and when it was seen again. */
  readonly since: number;
  readonly until: number;
}

/** absenceOf tells whether a time that was noted when the page was last seen is an absence now. */
export function absenceOf(seen: string | null, now: number): Absence | null {
  const since = seen === null ? Number.NaN : Number(seen);
  return now - since >= AWAY_MS ? { since, until: now } : null;
}

let current: Absence | null = null;
const listeners = new Set<() => void>();

function set(next: Absence | null): void {
  current = next;
  for (const fn of [...listeners]) fn();
}

export const absence = {
  get: (): Absence | null => current,
  clear: (): void => set(null),
  subscribe(fn: () => void): () => void {
    listeners.add(fn);
    return () => listeners.delete(fn);
  },
};

/** Notes when the page is no longer seen, and looks when it is again. The shell calls it once. */
export function followAbsence(store: Pick<LiveStore, "serverNow">): void {
  const look = () => {
    const found = absenceOf(read(), store.serverNow());
    if (found) set(found);
  };
  if (!document.hidden) look();
  // A reload hides the page too, so that this is all there is to note.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) write(String(Math.round(store.serverNow())));
    else look();
  });
}

// The session's storage: another tab has its own absence.
function read(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function write(value: string): void {
  try {
    sessionStorage.setItem(KEY, value);
  } catch {
    // Refused here: after a reload nobody can tell how long it was.
  }
}
