/** The part of window that a reload needs. */
export interface Reloadable {
  readonly sessionStorage: Pick<Storage, "getItem" | "setItem">;
  readonly location: { reload(): void };
}

const KEY = "quaywatch.reloaded";
/** Reloads are so far apart: what fails twice in a row is not mended by a third time. */
const APART_MS = 60_000;

/**
 * Loads the page anew, unless it has just done so; false then, and where nothing
 * can be remembered: a page that reloads for ever is worse than one that fails.
 */
export function reloadOnce(page: () => Reloadable = () => window, now = Date.now()): boolean {
  try {
    const { sessionStorage, location } = page();
    const last = sessionStorage.getItem(KEY);
    if (last !== null && Math.abs(now - Number(last)) < APART_MS) return false;
    sessionStorage.setItem(KEY, String(now));
    location.reload();
    return true;
  } catch {
    return false;
  }
}
