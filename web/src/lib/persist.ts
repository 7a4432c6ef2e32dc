import { browserTimers, type Timers } from "./timers";

/** So often is it tried in all, with so long between. */
const TRIES = 3;
const WAIT_MS = 500;

/**
 * Fetches a part of the page, and again when that fails: where containers come
 * and go, networks do, and Chromium gives up whatever is being fetched then
 * (ERR_NETWORK_CHANGED).
 */
export async function persist<T>(load: () => Promise<T>, timers: Timers = browserTimers): Promise<T> {
  for (let left = TRIES - 1; ; left--) {
    try {
      return await load();
    } catch (error) {
      if (left === 0) throw error;
      await new Promise<void>((done) => timers.after(WAIT_MS, done));
    }
  }
}
